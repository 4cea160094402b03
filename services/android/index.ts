/** An Android device with the mobile security app: it listens nowhere, enrols on 13292, and comes when it is called. */

import { requestActivation } from '../../shared/activation/request-activation.ts'
import { wayTo } from '../../shared/config/published.ts'
import { dnsName, hostNamed, serverOf } from '../../shared/config/topology.ts'
import { downloadPackage } from '../../shared/http/download-package.ts'
import { askKaspersky } from '../../shared/kaspersky/exercise.ts'
import type { Host } from '../../shared/net/host.ts'
import type { ExerciseTask, Service, ServiceContext, StartService } from '../../shared/service.ts'
import { Contacts } from './contacts.ts'
import { PhoneMemory, type PushAddress } from './memory.ts'
import { Phone, PRODUCT } from './phone.ts'
import { pushLink } from './push-link.ts'

export const start: StartService = async context => startAndroid(context)

export interface Android extends Service {
  /** A push has come: contact the Server now. */
  wake(): void
  /** The push service has given the device this token; the Server is told at once. */
  setPushToken(push: PushAddress): void
}

export function startAndroid(context: ServiceContext): Android {
  const { host, topology, credentials, state, settings, random, log } = context
  const self = hostNamed(topology, host.name)
  const server = self && serverOf(topology, self)
  if (!self || !server)
    throw new Error(`${host.name}: an Android device needs an Administration Server in its topology`)
  const way = wayTo(topology, self, server)
  const memory = new PhoneMemory(state, sentence => log.warn(sentence))
  const phone = new Phone({
    host,
    way: self.through ?? way.name,
    servername: dnsName(self.through === undefined ? way : server),
    user: `user of ${host.name}`,
    memory,
    settings,
  })
  phone.record('KLMDM_EV_STARTED', `The mobile security app on ${host.name} has started`)
  const contacts = new Contacts(phone, random, log)
  const setPushToken = (push: PushAddress) => {
    phone.setPushToken(push)
    contacts.wake()
  }
  const link = pushLink(context, memory, {
    wake: () => contacts.wake(),
    tokenGiven(token) {
      if (memory.push?.token !== token) setPushToken({ kind: 'fcm', token })
    },
  })
  link?.start()
  return {
    wake: () => contacts.wake(),
    setPushToken,
    exercises: {
      ...(link ? { '11': (way: Host, task: ExerciseTask) => link.exercise(way, task) } : {}),
      '14': (way, { nonce, to, timeout, signal }) =>
        phone.contact({ nonce, port: to.port === 13293 ? 13293 : 13292, timeout, signal }, way),
      '15': askKaspersky(credentials, PRODUCT),
      '15a': (way, task) =>
        requestActivation({
          version: settings.kscVersion,
          product: PRODUCT,
          trust: servername => ({ servername, ...phone.trust(way) }),
        })(way, task),
      '16': downloadPackage(credentials),
    },
    ready: () => phone.enrolled,
    async stop() {
      await link?.stop()
      await contacts.stop()
    },
  }
}

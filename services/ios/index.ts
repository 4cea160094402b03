/** An iOS device: it listens nowhere, is enrolled at the lab's iOS MDM Server, and comes when it is called. */
import { wayTo } from '../../shared/config/published.ts'
import { dnsName, hostNamed } from '../../shared/config/topology.ts'
import { downloadPackage } from '../../shared/http/download-package.ts'
import type { Host } from '../../shared/net/host.ts'
import type { ExerciseTask, Service, ServiceContext, StartService } from '../../shared/service.ts'
import { IosDevice } from './device.ts'
import { comeToTheServer } from './exercise.ts'
import { IosMemory } from './memory.ts'
import { pushLink } from './push-link.ts'

export const start: StartService = async context => startIos(context)

/** The device beside its service: whoever brings pushes calls it by `device.calledByPush`. */
export function startIos(context: ServiceContext): Service & { device: IosDevice } {
  const { host, credentials, peers, state, settings, topology, log, random } = context
  const [server] = peers('ios-mdm-server')
  if (server === undefined) throw new Error(`${host.name}: an iOS device needs an iOS MDM Server in its topology`)
  const [self, found] = [hostNamed(topology, host.name), hostNamed(topology, server)]
  const way = self && found ? wayTo(topology, self, found) : found
  const memory = new IosMemory(state, sentence => log.warn(sentence))
  const device: IosDevice = new IosDevice({
    memory,
    way: {
      host,
      to: { host: way?.name ?? server, port: 443 },
      servername: way ? dnsName(way) : server,
      timeout: settings.connectTimeout,
    },
    authority: credentials.authority('lab-ca'),
    password: credentials.administrator,
    log,
    random,
    managementChanged: former => {
      if (former !== null) link?.unregister(former)
      link?.topicsChanged()
    },
  })
  const link = pushLink(context, memory.now.apns, device)
  link?.start()
  device.enrolInBackground()
  return {
    device,
    exercises: {
      '16': downloadPackage(credentials),
      '17': comeToTheServer(device),
      ...(link ? { '13': (way: Host, task: ExerciseTask) => link.exercise(way, task) } : {}),
    },
    ready: () => device.enrolled,
    async stop() {
      await link?.stop()
      await device.stop()
    },
  }
}

/** iOS MDM Server (kliosmdmservicesrv): Apple's MDM protocol on 443, and the administrator's API beside it. See docs/ios-mdm.md. */
import { X509Certificate } from 'node:crypto'
import { dnsName, hostNamed } from '../../shared/config/topology.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import type { SendPush } from '../../shared/mdm/protocol.ts'
import { addressSet } from '../../shared/net/address-set.ts'
import { Deliveries } from '../../shared/push/deliveries.ts'
import type { Service, ServiceContext, StartService } from '../../shared/service.ts'
import { DeviceAuthority } from '../../shared/tls/device-authority.ts'
import { mdmApp } from './app.ts'
import { Devices } from './devices.ts'
import { EnrolmentCodes } from './enrolment/codes.ts'
import { openApns } from './push/apns.ts'
import { askApple } from './push/ask-apple.ts'
import { pushOnce } from './push/push-once.ts'

const PORT = 443

export const start: StartService = context => startIosMdm(context)

interface IosMdmOptions {
  /** Wakes a device that has commands; without it a device comes when it comes. */
  onPushNeeded?: SendPush
}

export async function startIosMdm(context: ServiceContext, { onPushNeeded }: IosMdmOptions = {}): Promise<Service> {
  const { host, credentials, state, log, topology, settings, random } = context
  const topic = topicOf(credentials.identity('apple-push').cert)
  const devices = new Devices(state, sentence => log.warn(sentence))
  const apns = openApns(context)
  const send = onPushNeeded ?? apns?.send ?? (async () => {})
  const stopping = new AbortController()
  const deliveries = new Deliveries(pushOnce({ send, devices, topic, log }), { log, random, signal: stopping.signal })
  const app = mdmApp({
    devices,
    codes: new EnrolmentCodes(state),
    identifying: {
      authority: new DeviceAuthority(credentials.authority('mobile-ca')),
      proxies: addressSet(settings.clientCertFrom) ?? { has: () => false },
      header: settings.clientCertHeader,
    },
    administrator: credentials.administrator,
    root: credentials.authority('lab-ca'),
    own: () => credentials.identity('ios-mdm'),
    deviceAuthority: () => credentials.identity('mobile-ca'),
    authorityName: authorityName(topology, host.name),
    topic,
    push: ({ udid }) => deliveries.ask(udid),
    log,
  })
  const listening = await serveHttp(
    host,
    PORT,
    { tls: () => credentials.identity('ios-mdm'), clientCertificate: true, alpn: ['http/1.1'] },
    app,
  ).catch(async error => {
    apns?.stop()
    await app.close()
    throw error
  })
  let stopped: Promise<void> | null = null
  const stop = async () => {
    stopping.abort()
    apns?.stop()
    await listening.close()
    await app.close()
  }
  return { exercises: apns ? { '12': askApple(apns, devices, topic) } : {}, stop: () => (stopped ??= stop()) }
}

/** `name`, or `name:port` where an administrator has changed the port. */
function authorityName(topology: ServiceContext['topology'], name: string): string {
  const own = hostNamed(topology, name)
  const port = own?.ports[PORT] ?? PORT
  return `${own ? dnsName(own) : name}${port === PORT ? '' : `:${port}`}`
}

/** UID in the subject of the push certificate. */
function topicOf(pem: string): string {
  const topic = /^UID=(.+)$/m.exec(new X509Certificate(pem).subject)?.[1]
  if (topic === undefined) throw new Error('the push certificate has no UID in its subject; Apple puts the topic there')
  return topic
}

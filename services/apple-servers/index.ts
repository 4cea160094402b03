/** Stand-in for Apple's push service: providers by HTTP/2 on 443 and 2197, devices on 5223 and, where that does not pass, on 443. */
import { randomBytes } from 'node:crypto'
import { H2Server } from '../../shared/http/h2.ts'
import { alpnOf } from '../../shared/net/connection.ts'
import type { Connection, Listener, ListenOptions } from '../../shared/net/host.ts'
import type { Notice } from '../../shared/push/devices.ts'
import { LINK_ALPN } from '../../shared/push/link-messages.ts'
import { LinkServer } from '../../shared/push/link-server.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { Authentication } from './authenticate.ts'
import { LONGEST_BODY, ProviderApi } from './provider-api.ts'

/** APNs keeps one notification an application: the newest. */
const newest = (pending: readonly Notice[], fresh: Notice): Notice[] => [
  ...pending.filter(({ collapse }) => collapse !== fresh.collapse),
  fresh,
]

export const start: StartService = async ({ host, credentials, state, settings, log }): Promise<Service> => {
  const links = new LinkServer({
    ...{ state, log, keepAlive: settings.signalKeepAlive, unregisters: 'topic', keep: newest },
    newToken: () => randomBytes(32).toString('hex'),
  })
  const authentication = new Authentication(
    credentials.authority('internet-ca'),
    credentials.identity('apple-push-key').cert,
  )
  const { answer } = new ProviderApi(links, authentication, log)
  const providers = new H2Server({ longestBody: LONGEST_BODY, answer })
  const accept = (connection: Connection) => {
    if (alpnOf(connection) === 'h2') providers.accept(connection)
    else links.accept(connection)
  }
  const tls = () => credentials.identity('apple')
  const ports: [number, ListenOptions][] = [
    [443, { tls, alpn: ['h2', LINK_ALPN], clientCertificate: true }],
    [2197, { tls, alpn: ['h2'], clientCertificate: true }],
    [5223, { tls, alpn: [LINK_ALPN] }],
  ]
  const listeners: Listener[] = []
  let stopping: Promise<void> | null = null
  const stop = async () => {
    providers.stop()
    links.stop()
    await Promise.all(listeners.map(listener => listener.close()))
  }
  try {
    for (const [port, options] of ports) listeners.push(await host.listen(port, options, accept))
  } catch (error) {
    await stop()
    throw error
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

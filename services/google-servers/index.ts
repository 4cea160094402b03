/** Stand-in for Google's push service: FCM and OAuth 2 on 443, devices on 5228 to 5230 and, where those do not pass, on 443. */
import { randomBytes } from 'node:crypto'
import { serveHttp } from '../../shared/http/serve.ts'
import { alpnOf } from '../../shared/net/connection.ts'
import type { Connection, Listener } from '../../shared/net/host.ts'
import type { Notice } from '../../shared/push/devices.ts'
import { DEVICE_PORTS, serviceAccount } from '../../shared/push/google.ts'
import { LINK_ALPN } from '../../shared/push/link-messages.ts'
import { LinkServer } from '../../shared/push/link-server.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { AccessTokens } from './access-tokens.ts'
import { googleServers } from './app.ts'

/** FCM keeps 100 messages for a device, and drops them all with the next ("Lifetime of a message"). */
const MOST_KEPT = 100
const kept = (pending: readonly Notice[], fresh: Notice): Notice[] => {
  const others = pending.filter(({ collapse }) => collapse === null || collapse !== fresh.collapse)
  return others.length >= MOST_KEPT ? [] : [...others, fresh]
}

export const start: StartService = async ({ host, credentials, state, settings, log }): Promise<Service> => {
  const links = new LinkServer({
    ...{ state, log, keepAlive: settings.signalKeepAlive, unregisters: 'token', keep: kept },
    newToken: () => `${randomBytes(16).toString('base64url')}:APA91b${randomBytes(100).toString('base64url')}`,
  })
  const identity = credentials.identity('google-account')
  const app = googleServers({ links, tokens: new AccessTokens(serviceAccount(identity), identity.cert), log })
  const tls = () => credentials.identity('google')
  const listeners: Listener[] = []
  let stopping: Promise<void> | null = null
  const stop = async () => {
    links.stop()
    await Promise.all(listeners.map(listener => listener.close()))
    await app.close()
  }
  try {
    const aside = { when: (one: Connection) => alpnOf(one) === LINK_ALPN, take: links.accept }
    listeners.push(await serveHttp(host, 443, { tls, alpn: ['http/1.1', LINK_ALPN] }, app, aside))
    for (const port of DEVICE_PORTS.filter(one => one !== 443))
      listeners.push(await host.listen(port, { tls, alpn: [LINK_ALPN] }, links.accept))
  } catch (error) {
    await stop()
    throw error
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

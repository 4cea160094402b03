import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { type Handler, SessionServer } from '../../shared/net/serve-sessions.ts'
import type { ServiceContext } from '../../shared/service.ts'
import type { KsnProxy } from './proxy.ts'

const reputation: Handler<KsnProxy, 'reputation-request'> = async (proxy, { id, nonce, sha256 }, session) => ({
  type: 'reputation',
  id,
  nonce,
  ...(await proxy.ask({ sha256, nonce, observe: session.connection.observe })),
})

/** 13111. */
export const tcpSessions = (
  proxy: KsnProxy,
  { host, settings, log }: Pick<ServiceContext, 'host' | 'settings' | 'log'>,
): SessionServer<KsnProxy> =>
  new SessionServer<KsnProxy>({
    roles: { 'ksn-client': { 'reputation-request': reputation, ping } },
    welcome: async ({ nonce }) => ({
      welcome: { type: 'welcome', host: host.name, version: settings.kscVersion, nonce, keep: 'not-asked' },
      context: proxy,
    }),
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })

/**
 * Activation proxy (klactprx): 17000 for managed devices that have no way to the internet of their own, 17100 for such phones.
 * It gives no licence itself: every request is passed on to Kaspersky.
 */
import { KasperskyForward } from '../../shared/kaspersky/forward.ts'
import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { activate } from './handlers/activate.ts'

export const start: StartService = async (context): Promise<Service> => {
  const { host, credentials, settings, log } = context
  // Closed in the reverse order, also where a port is not to be had.
  await using opened = new AsyncDisposableStack()
  const forward = opened.adopt(new KasperskyForward(context), open => open.stop())
  const sessions = new SessionServer<KasperskyForward>({
    roles: { 'activation-client': { activate, ping } },
    welcome: async ({ nonce }) => ({
      welcome: { type: 'welcome', host: host.name, version: settings.kscVersion, nonce, keep: 'not-asked' },
      context: forward,
    }),
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })
  // Assumed, since the documentation names none: 17000 shows the Server's common certificate, 17100 the one that phones know.
  for (const [port, use] of [
    [17000, 'common'],
    [17100, 'mobile'],
  ] as const) {
    const tls = () => credentials.identity(use)
    const listener = await host.listen(port, { tls, handshakeTimeout: settings.helloTimeout }, sessions.accept)
    opened.adopt(listener, open => open.close())
  }
  opened.defer(() => sessions.stop())

  const running = opened.move()
  let stopping: Promise<void> | null = null
  return { exercises: {}, stop: () => (stopping ??= running.disposeAsync()) }
}

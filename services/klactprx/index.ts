/** Activation proxy (klactprx), 17000: activation of managed devices that have no way to the internet of their own. */

import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { activate } from './handlers/activate.ts'

export const start: StartService = async ({ host, credentials, settings, log }): Promise<Service> => {
  const sessions = new SessionServer<null>({
    roles: { 'activation-client': { activate, ping } },
    welcome: async ({ nonce }) => ({
      welcome: { type: 'welcome', host: host.name, version: settings.kscVersion, nonce, keep: 'not-asked' },
      context: null,
    }),
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })
  // Assumed: the proxy shows the Server's common certificate; the documentation names none for 17000.
  const listener = await host.listen(
    17000,
    { tls: () => credentials.identity('common'), handshakeTimeout: settings.helloTimeout },
    sessions.accept,
  )

  let stopping: Promise<void> | null = null
  const stop = async () => {
    await sessions.stop()
    await listener.close()
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

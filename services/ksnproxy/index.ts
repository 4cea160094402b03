/**
 * KSN proxy (ksnproxy): 13111 TCP, 15111 UDP and, where it is turned on, 17111 HTTPS. On by default on an Administration
 * Server, off on a distribution point (KSCAPI a00220, a00253): `ksn` of the topology says.
 */
import { hostNamed, ksnOf } from '../../shared/config/topology.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { ksnApp } from './https.ts'
import { KsnProxy } from './proxy.ts'
import { tcpSessions } from './tcp.ts'
import { serveKsnDatagrams } from './udp.ts'

export const start: StartService = async (context): Promise<Service> => {
  const { host, topology, credentials, settings, log } = context
  const self = hostNamed(topology, host.name)
  const ksn = self && ksnOf(self)
  if (!ksn?.enabled) return { exercises: {}, stop: async () => {} }

  // Closed in the reverse order, also where a port is not to be had.
  await using opened = new AsyncDisposableStack()
  const proxy = opened.adopt(new KsnProxy(context), open => open.stop())
  const sessions = tcpSessions(proxy, context)
  const listener = await host.listen(13111, { handshakeTimeout: settings.helloTimeout }, sessions.accept)
  opened.adopt(listener, open => open.close())
  opened.adopt(await serveKsnDatagrams(host, proxy, log), open => open.close())
  if (ksn.https) {
    const app = ksnApp(proxy)
    opened.defer(() => app.close())
    // Assumed: a device knows a Server by its common certificate, and a distribution point by one that this has issued.
    const use = self?.runs.includes('klserver') ? 'common' : 'gateway'
    opened.adopt(await serveHttp(host, 17111, { tls: () => credentials.identity(use) }, app), open => open.close())
  }
  opened.defer(() => sessions.stop())

  const running = opened.move()
  let stopping: Promise<void> | null = null
  return { exercises: {}, stop: () => (stopping ??= running.disposeAsync()) }
}

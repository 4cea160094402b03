/** Web Server (klcsweb): published installation packages, 8060 plain HTTP, 8061 HTTPS. */
import { serveHttp } from '../../shared/http/serve.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { packageServer } from './app.ts'
import { publishedPackages } from './packages.ts'

export const start: StartService = async ({ host, credentials }): Promise<Service> => {
  // Closed in the reverse order, also where a port is not to be had.
  await using opened = new AsyncDisposableStack()
  const app = packageServer(publishedPackages())
  opened.defer(() => app.close())
  opened.adopt(await serveHttp(host, 8060, {}, app), open => open.close())
  const tls = () => credentials.identity('web-server')
  opened.adopt(await serveHttp(host, 8061, { tls }, app), open => open.close())

  const running = opened.move()
  let stopping: Promise<void> | null = null
  return { exercises: {}, stop: () => (stopping ??= running.disposeAsync()) }
}

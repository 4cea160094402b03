/** Stand-in for the Kaspersky servers on the internet: updates, activation and KSN over HTTPS, by a public authority of their own. */
import { serveHttp } from '../../shared/http/serve.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { kasperskyServers } from './app.ts'
import { updateFiles } from './updates.ts'

export const start: StartService = async ({ host, credentials }): Promise<Service> => {
  const app = kasperskyServers(updateFiles())
  const listener = await serveHttp(host, 443, { tls: () => credentials.identity('kaspersky') }, app)
  let stopping: Promise<void> | null = null
  const stop = async () => {
    await listener.close()
    await app.close()
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

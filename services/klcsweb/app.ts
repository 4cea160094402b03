import type { FastifyInstance } from 'fastify'
import { createApp } from '../../shared/http/app.ts'
import { sendFile } from '../../shared/http/send-file.ts'
import type { PublishedPackage } from './packages.ts'

/** What the Web Server publishes: a list of packages, and each of them in whole or by range, with its checksum. */
export function packageServer(packages: readonly PublishedPackage[]): FastifyInstance {
  const app = createApp({ keepAliveTimeout: 60_000 })
  app.get('/packages', async () => packages.map(({ content: _content, ...described }) => described))
  for (const published of packages)
    app.get(published.path, async (request, reply) => sendFile(request, reply, published))
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `no ${request.url} here; published are ${['/packages', ...packages.map(({ path }) => path)].join(', ')}`,
    }),
  )
  return app
}

import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { createApp } from '../../shared/http/app.ts'
import type { UpdateFile } from './updates.ts'

const YEAR = 365 * 24 * 3_600_000

/** What the Administration Server asks of Kaspersky over HTTPS (arrow 8). Paths and bodies are the lab's own (assumed). */
export function kasperskyServers(files: readonly UpdateFile[]): FastifyInstance {
  const app = createApp({ bodyLimit: 64 * 1024, keepAliveTimeout: 60_000 })
  app.get('/updates/index.json', async () => ({ files: files.map(({ content: _content, ...described }) => described) }))
  for (const { path, content } of files)
    app.get(path, async (_request, reply) => reply.type('application/octet-stream').send(content))
  app.post(
    '/activation',
    { schema: { body: v.object({ product: v.pipe(v.string(), v.minLength(1)) }) } },
    async request => {
      const { product } = request.body as { product: string }
      return { product, validTo: new Date(Date.now() + YEAR).toISOString() }
    },
  )
  app.post(
    '/ksn',
    { schema: { body: v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }) } },
    async request => {
      const { sha256 } = request.body as { sha256: string }
      return { sha256, reputation: 'unknown' }
    },
  )
  return app
}

import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { createApp } from '../../shared/http/app.ts'
import { sendFile } from '../../shared/http/send-file.ts'
import { type Reputation, Sha256 } from '../../shared/wire/messages/reputation.ts'
import type { UpdateFile } from './updates.ts'

/** A licence term of one year, as commercial licences usually have (assumed). */
const YEAR = 365 * 24 * 3_600_000

/** SHA-256 of the EICAR test file: the one file whose reputation everybody knows. */
const EICAR = createHash('sha256')
  .update('X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*')
  .digest('hex')

/** What Servers and phones ask of Kaspersky over HTTPS (arrows 8 and 15). Paths and bodies are the lab's own (assumed). */
export function kasperskyServers(files: readonly UpdateFile[]): FastifyInstance {
  const app = createApp({ bodyLimit: 64 * 1024, keepAliveTimeout: 60_000 })
  app.get('/updates/index.json', async () => ({ files: files.map(({ content: _content, ...described }) => described) }))
  for (const file of files) app.get(file.path, async (request, reply) => sendFile(request, reply, file))
  app.post(
    '/activation',
    { schema: { body: v.object({ product: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }) } },
    async request => {
      const { product } = request.body as { product: string }
      return { product, validTo: new Date(Date.now() + YEAR).toISOString() }
    },
  )
  app.post('/ksn', { schema: { body: v.object({ sha256: Sha256 }) } }, async request => {
    const { sha256 } = request.body as { sha256: string }
    return { sha256, reputation: (sha256 === EICAR ? 'untrusted' : 'unknown') satisfies Reputation }
  })
  return app
}

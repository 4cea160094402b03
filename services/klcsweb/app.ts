import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createApp } from '../../shared/http/app.ts'
import type { PublishedPackage } from './packages.ts'
import { byteRange } from './range.ts'

/** What the Web Server publishes: a list of packages, and each of them in whole or by range, with its checksum. */
export function packageServer(packages: readonly PublishedPackage[]): FastifyInstance {
  const app = createApp({ keepAliveTimeout: 60_000 })
  app.get('/packages', async () => packages.map(({ content: _content, ...described }) => described))
  for (const published of packages) app.get(published.path, async (request, reply) => send(request, reply, published))
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `no ${request.url} here; published are ${['/packages', ...packages.map(({ path }) => path)].join(', ')}`,
    }),
  )
  return app
}

function send({ method, headers }: FastifyRequest, reply: FastifyReply, { content, sha256 }: PublishedPackage) {
  const size = content.length
  const digest = Buffer.from(sha256, 'hex').toString('base64')
  const etag = `"${sha256.slice(0, 16)}"`
  // Repr-Digest (RFC 9530) is of the whole package, also beside a part of it.
  reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('repr-digest', `sha-256=:${digest}:`)
    .type('application/octet-stream')
  // A range is for GET alone, and under If-Range only of this very package (RFC 9110 sections 14.2, 13.1.5).
  const partial = method === 'GET' && (headers['if-range'] ?? etag) === etag
  const range = partial ? byteRange(headers.range, size) : null
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send()
  if (range !== null) reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`)
  const body = range === null ? content : content.subarray(range.from, range.to + 1)
  // To HEAD fastify answers the length and no bytes.
  if (method === 'HEAD') return reply.send(body)
  return reply.header('content-length', body.length).send(Readable.from(pieces(body)))
}

/** What is written at once: TLS keeps a copy of it, and of a whole package that would be 8 MiB a download. */
const PIECE = 64 * 1024

function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE) yield body.subarray(at, at + PIECE)
}

import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { byteRange } from './byte-range.ts'

export interface SentFile {
  /** Lower-case hex. */
  sha256: string
  content: Buffer
}

/** A file in whole or by range, with its checksum: a download that was cut goes on where it stopped. */
export function sendFile(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  { content, sha256 }: SentFile,
): FastifyReply {
  const size = content.length
  const digest = Buffer.from(sha256, 'hex').toString('base64')
  const etag = `"${sha256.slice(0, 16)}"`
  // Repr-Digest (RFC 9530) is of the whole file, also beside a part of it.
  reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('repr-digest', `sha-256=:${digest}:`)
    .type('application/octet-stream')
  // A range is for GET alone, and under If-Range only of this very file (RFC 9110 sections 14.2, 13.1.5).
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

import { promisify } from 'node:util'
import { deflate, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const encoders = { gzip: promisify(gzip), deflate: promisify(deflate) }
/** Bytes; a smaller answer fits into one packet as it is. */
const WORTH_IT = 1_024

/** Answers are compressed for those who ask for it, and for nobody else. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const encoding = acceptedEncoding(request.headers['accept-encoding'])
    if (encoding === null || typeof payload !== 'string' || payload.length < WORTH_IT) return payload
    const compressed = await encoders[encoding](payload)
    void reply.headers({ 'content-encoding': encoding, 'content-length': compressed.length, vary: 'accept-encoding' })
    return compressed
  })
}

/** RFC 9110 section 12.5.3; `q=0` means never. */
function acceptedEncoding(header: string | string[] | undefined): keyof typeof encoders | null {
  const accepted = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map(part => part.split(';').map(word => word.trim()))
    .filter(([, weight = '']) => !/^q=0(\.0*)?$/.test(weight))
    .map(([name]) => name)
  if (accepted.includes('gzip')) return 'gzip'
  return accepted.includes('deflate') ? 'deflate' : null
}

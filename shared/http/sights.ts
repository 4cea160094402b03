/** What both ends write down of one HTTP request, so that the two can be compared: values as digests, since some are secret. */
import { createHash, type Hash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Sight } from '../journal/observation.ts'

/** Of a header's value, a query or a body: enough to tell two apart. */
const short = (hash: Hash): string => hash.digest('hex').slice(0, 12)
export const digestOf = (value: string | Uint8Array): string => short(createHash('sha256').update(value))

interface Asked {
  method: string
  /** With its query. */
  url: string
  /** `1.1` */
  version: string
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export function requestSight({ method, url, version, headers }: Asked): Sight {
  const [path = '', query] = url.split('?', 2)
  const known = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), digestOf([value].flat().join(', '))] as const],
  )
  return {
    what: 'http-request',
    detail: {
      method,
      path: query === undefined ? path : `${path}?${digestOf(query)}`,
      host: typeof headers.host === 'string' ? headers.host : null,
      version,
      headers: Object.fromEntries(known.filter(([name]) => name !== 'host')),
    },
  }
}

export const bodySight = (body: string | Uint8Array): Sight => ({
  what: 'http-body',
  detail: { bytes: Buffer.byteLength(body), digest: digestOf(body) },
})

/** Passes a body on, and says at its end what it was. */
export function watchBody(tell: (sight: Sight) => void): Transform {
  const hash = createHash('sha256')
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
    flush(done) {
      if (bytes > 0) tell({ what: 'http-body', detail: { bytes, digest: short(hash) } })
      done()
    },
  })
}

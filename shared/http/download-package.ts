import { createHash } from 'node:crypto'
import { NetError } from '../net/errors.ts'
import type { Credentials, Exercise } from '../service.ts'
import { issuedByAuthority } from '../tls/rules.ts'
import { httpClient } from './client.ts'

/** Bytes asked for again at the end. */
const TAIL = 65_536

interface PublishedPackage {
  path: string
  bytes: number
  sha256: string
}

/** Arrow 16: the list of packages, one whole package with its checksum, and a range of it as a resumed download asks for. */
export const downloadPackage =
  (credentials: Credentials): Exercise =>
  async (host, { nonce, to, servername, timeout }) => {
    const tls =
      to.port === 8061 ? { servername, ca: [credentials.authority('lab-ca')], rule: issuedByAuthority } : undefined
    const client = httpClient(host, to, { timeout, ...(tls ? { tls } : {}) })
    try {
      const list = JSON.parse(
        (await client.request({ path: '/packages', nonce })).body.toString(),
      ) as PublishedPackage[]
      const [wanted] = list
      if (!wanted) throw new NetError('NO_PACKAGE', 'the Web Server publishes no package')
      const from = wanted.bytes - TAIL
      const hash = createHash('sha256')
      const tail: Buffer[] = []
      let bytes = 0
      const sink = (piece: Buffer) => {
        hash.update(piece)
        bytes += piece.length
        if (bytes > from) tail.push(piece.subarray(Math.max(0, piece.length - (bytes - from))))
      }
      const whole = await client.request({ path: wanted.path, nonce, sink })
      const sum = hash.digest('hex')
      if (whole.status !== 200 || sum !== wanted.sha256)
        throw new NetError(
          'CHECKSUM',
          `${wanted.path}: HTTP ${whole.status}, ${bytes} of ${wanted.bytes} bytes, SHA-256 ${sum} instead of ${wanted.sha256}`,
        )
      const part = await client.request({ path: wanted.path, headers: { range: `bytes=${from}-` }, nonce })
      if (part.status !== 206 || !part.body.equals(Buffer.concat(tail)))
        throw new NetError(
          'RANGE',
          `${wanted.path}: asked for bytes from ${from}, got HTTP ${part.status} with ${part.body.length} bytes`,
        )
    } finally {
      await client.close()
    }
  }

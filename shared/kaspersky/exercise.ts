import { createHash, type Hash } from 'node:crypto'
import type { HttpAnswer, HttpClient } from '../http/client.ts'
import { NetError } from '../net/errors.ts'
import type { Credentials, Exercise } from '../service.ts'
import { expectStatus, kasperskyClient, postJson } from './client.ts'

interface UpdateFile {
  path: string
  bytes: number
  sha256: string
}

/** Shorter files are not worth a second connection. */
const WORTH_RESUMING = 64 * 1024

/**
 * Arrows 8 and 15: what a Server, or a phone, asks of Kaspersky. An index of update files and each of them with its checksum,
 * the longest one cut half-way and resumed on a new connection; an activation; a reputation.
 */
export const askKaspersky =
  (credentials: Credentials, product = 'Kaspersky Security Center'): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    const connect = () => kasperskyClient({ host, credentials, to, servername, timeout, signal })
    let client = connect()
    try {
      const index = expectStatus(await client.request({ path: '/updates/index.json', nonce }), 200, 'the index')
      const { files } = JSON.parse(index.body.toString()) as { files: UpdateFile[] }
      for (const file of files) {
        const hash = createHash('sha256')
        if (file.bytes < WORTH_RESUMING) await download(client, file, hash, nonce)
        else {
          const cut = await downloadHalf(client, file, hash, nonce)
          client = connect()
          await resume(client, file, hash, cut, nonce)
        }
        const sum = hash.digest('hex')
        if (sum !== file.sha256)
          throw new NetError('CHECKSUM', `${file.path}: SHA-256 ${sum} instead of ${file.sha256}`)
      }
      await postJson(client, '/activation', { product }, nonce)
      await postJson(client, '/ksn', { sha256: createHash('sha256').update(nonce).digest('hex') }, nonce)
    } finally {
      await client.close()
    }
  }

async function download(client: HttpClient, { path }: UpdateFile, hash: Hash, nonce: string): Promise<void> {
  hash.update(expectStatus(await client.request({ path, nonce }), 200, path).body)
}

/** Takes half of a file and gives the connection up, as a lost link does. @returns bytes taken, and the file's tag */
async function downloadHalf(client: HttpClient, { path, bytes }: UpdateFile, hash: Hash, nonce: string) {
  const enough = new NetError('CUT', 'half of it is enough')
  let taken = 0
  let head: Pick<HttpAnswer, 'status' | 'headers'> = { status: 0, headers: {} }
  const sink = (piece: Buffer) => {
    hash.update(piece)
    taken += piece.length
    if (taken >= bytes / 2) throw enough
  }
  try {
    const whole = await client.request({
      path,
      nonce,
      sink,
      onHead: answer => {
        head = answer
      },
    })
    throw new NetError('HTTP', `${path}: HTTP ${whole.status}, ${taken} of ${bytes} bytes`)
  } catch (error) {
    if (error !== enough) throw error
  }
  const { status, headers } = head
  if (status !== 200) throw new NetError('HTTP', `${path}: HTTP ${status} instead of 200`)
  return { taken, etag: String(headers.etag ?? '') }
}

async function resume(
  client: HttpClient,
  { path, bytes }: UpdateFile,
  hash: Hash,
  { taken, etag }: { taken: number; etag: string },
  nonce: string,
): Promise<void> {
  // All of it came before the cut was made.
  if (taken === bytes) return
  const headers = { range: `bytes=${taken}-`, ...(etag ? { 'if-range': etag } : {}) }
  const rest = expectStatus(await client.request({ path, nonce, headers }), 206, `${path} from ${taken} on`)
  if (rest.body.length !== bytes - taken)
    throw new NetError('RANGE', `${path}: ${rest.body.length} bytes instead of the ${bytes - taken} that were missing`)
  hash.update(rest.body)
}

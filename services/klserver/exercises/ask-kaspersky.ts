import { createHash } from 'node:crypto'
import { httpClient } from '../../../shared/http/client.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'
import type { Administration } from '../administration.ts'

interface UpdateFile {
  path: string
  bytes: number
  sha256: string
}

/** Arrow 8: what the Server asks of Kaspersky: update files, an activation, a reputation. Public trust, as a browser's. */
export const askKaspersky =
  ({ credentials }: Administration): Exercise =>
  async (host, { nonce, to, servername, timeout }) => {
    const tls = { servername, ca: [credentials.authority('internet-ca')], rule: issuedByAuthority }
    const client = httpClient(host, to, { tls, timeout })
    const ask = async (path: string, body?: unknown) => {
      const sent =
        body === undefined
          ? {}
          : { method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const answer = await client.request({ path, nonce, ...sent })
      if (answer.status !== 200) throw new NetError('HTTP', `${path}: HTTP ${answer.status}`)
      return answer.body
    }
    try {
      const { files } = JSON.parse((await ask('/updates/index.json')).toString()) as { files: UpdateFile[] }
      for (const file of files) {
        const sum = createHash('sha256')
          .update(await ask(file.path))
          .digest('hex')
        if (sum !== file.sha256)
          throw new NetError('CHECKSUM', `${file.path}: SHA-256 ${sum} instead of ${file.sha256}`)
      }
      await ask('/activation', { product: 'Kaspersky Security Center' })
      await ask('/ksn', { sha256: createHash('sha256').update(nonce).digest('hex') })
    } finally {
      await client.close()
    }
  }

import { httpClient } from '../../shared/http/client.ts'
import type { CertificateRule } from '../../shared/net/host.ts'
import type { Exercise } from '../../shared/service.ts'
import { abortable } from './abortable.ts'
import { type Account, endSession, startSession, staticInfo } from './administration-server.ts'

/** Arrow 9: log in, one question, log out, on one connection of its own. */
export const callOpenApi =
  (account: Account, rule: CertificateRule): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    const client = httpClient(abortable(host, signal), to, { tls: { servername, rule }, timeout })
    try {
      const session = await startSession(client, account, nonce)
      await staticInfo(client, session, nonce)
      await endSession(client, session, nonce)
    } finally {
      await client.close()
    }
  }

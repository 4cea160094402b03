import { httpClient } from '../../shared/http/client.ts'
import type { CertificateRule } from '../../shared/net/host.ts'
import type { Exercise } from '../../shared/service.ts'
import { abortable } from './abortable.ts'
import { type Account, checkLogin, endSession, logIn, startSession, staticInfo } from './administration-server.ts'

/** Arrow 9, on one connection of its own: a session with one question; then a login, which is good here and on no other connection. */
export const callOpenApi =
  (account: Account, rule: CertificateRule): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    const connect = () => httpClient(abortable(host, signal), to, { tls: { servername, rule }, timeout })
    const [client, other] = [connect(), connect()]
    try {
      const session = await startSession(client, account, nonce)
      await staticInfo(client, session, nonce)
      await endSession(client, session, nonce)
      await logIn(client, account, nonce)
      await checkLogin(client, other, nonce)
    } finally {
      await Promise.all([client.close(), other.close()])
    }
  }

import { httpClient } from '../../shared/http/client.ts'
import { NONCE_HEADER } from '../../shared/http/nonce.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Host, Target, TlsClientOptions } from '../../shared/net/host.ts'
import type { Credentials, Exercise } from '../../shared/service.ts'
import { issuedByAuthority } from '../../shared/tls/rules.ts'
import { exchangeNonce } from './web-socket.ts'

/** Arrow 9a: the login form, then the WebSocket of the page on a connection of its own, as browsers do it. */
export const openWebConsole =
  (credentials: Credentials): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    const tls = { servername, ca: [credentials.authority('lab-ca')], rule: issuedByAuthority, alpn: ['http/1.1'] }
    await getLoginForm(host, to, { tls, timeout, nonce, signal })
    const connection = await host.dial(to, { tls, timeout, signal })
    await exchangeNonce(connection, `wss://${servername}:${to.port}/events`, { nonce, timeout, signal })
  }

interface Getting {
  tls: TlsClientOptions
  timeout: number
  nonce: string
  signal: AbortSignal
}

async function getLoginForm(host: Host, to: Target, { tls, timeout, nonce, signal }: Getting): Promise<void> {
  const dial: Host['dial'] = (target, options) => host.dial(target, { ...options, signal })
  const client = httpClient({ ...host, dial }, to, { tls, timeout })
  const abort = () => void client.connection?.stream.destroy()
  signal.addEventListener('abort', abort)
  try {
    const { status, headers } = await client.request({ path: '/login', nonce })
    const type = String(headers['content-type'])
    const by = headers.server === undefined ? '' : `, answered by "${headers.server}"`
    if (status !== 200 || !type.startsWith('text/html'))
      throw new NetError(`HTTP_${status}`, `GET /login: HTTP ${status}, ${type}${by}; expected 200 and text/html`)
    if (headers[NONCE_HEADER] !== nonce)
      throw new NetError('NO_NONCE', `GET /login: a page without this exercise's nonce${by}; somebody else answered`)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.close()
  }
}

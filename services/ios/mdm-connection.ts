import { type HttpAnswer, httpClient } from '../../shared/http/client.ts'
import { NONCE_HEADER } from '../../shared/http/nonce.ts'
import { sign } from '../../shared/mdm/cms.ts'
import { SIGNATURE_HEADER, UNRECOGNIZED } from '../../shared/mdm/protocol.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Connection, Host, Target } from '../../shared/net/host.ts'
import { issuedByAuthority } from '../../shared/tls/rules.ts'
import type { Management } from './memory.ts'

/** By which way, and how long for each step. */
export interface Way {
  host: Host
  to: Target
  servername: string
  timeout: number
  signal: AbortSignal
}

/** The server's word for "you are not managed by me". */
export class Unmanaged extends NetError {
  override name = 'Unmanaged'
}

export interface MdmConnection extends AsyncDisposable {
  /** Resolves with the answer's body. @throws Unmanaged for 401 and Apple's 403; NetError `HTTP_n` for whatever else is not 2xx */
  put(url: string, type: string | null, body: Buffer, nonce?: string): Promise<Buffer>
}

/** One connection with the device's certificate; every message is signed where the profile says so. */
export function mdmConnection({ root, cert, key, signMessage }: Management, way: Way): MdmConnection {
  const { client, close } = openClient(way, { ca: root, identity: { cert, key } })
  return {
    async put(url, type, body, nonce) {
      const { pathname, search } = new URL(url)
      const answer = await client.request({
        method: 'PUT',
        path: `${pathname}${search}`,
        headers: {
          'user-agent': 'MDM/1.0',
          // From iOS 18 reports have none.
          ...(type === null ? {} : { 'content-type': type }),
          ...(signMessage
            ? { [SIGNATURE_HEADER]: (await sign(body, { cert, key }, 'detached')).toString('base64') }
            : {}),
        },
        body,
        ...(nonce === undefined ? {} : { nonce }),
      })
      checkAnswer(`PUT ${pathname}`, answer)
      if (nonce !== undefined && answer.headers[NONCE_HEADER] !== nonce)
        throw new NetError(
          'NO_NONCE',
          `PUT ${pathname}: an answer without this exercise's nonce${by(answer)}; somebody else answered`,
        )
      return answer.body
    },
    [Symbol.asyncDispose]: close,
  }
}

/** Fetches the profile, with the password that the person at the device was told. */
export async function fetchProfile(
  way: Way,
  ca: string,
  { user, password }: { user: string; password: string },
): Promise<Buffer> {
  const { client, close } = openClient(way, { ca })
  try {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const answer = await client.request({ path: '/enrol', headers: { authorization } })
    if (answer.status !== 200) throw unexpected('GET /enrol', answer)
    return answer.body
  } finally {
    await close()
  }
}

function openClient(
  { host, to, servername, timeout, signal }: Way,
  { ca, identity }: { ca: string; identity?: { cert: string; key: string } },
) {
  let dialled: Connection | null = null
  const dialling: Host = {
    ...host,
    async dial(target, options) {
      dialled = await host.dial(target, { ...options, signal })
      return dialled
    },
  }
  const tls = { servername, ca: [ca], rule: issuedByAuthority, alpn: ['http/1.1'], ...(identity ? { identity } : {}) }
  const client = httpClient(dialling, to, { tls, timeout })
  const abort = () => void dialled?.stream.destroy()
  signal.addEventListener('abort', abort)
  return {
    client,
    async close() {
      signal.removeEventListener('abort', abort)
      await client.close()
    },
  }
}

function checkAnswer(what: string, answer: HttpAnswer): void {
  const { status } = answer
  if (status >= 200 && status < 300) return
  if (status === 401)
    throw new Unmanaged('HTTP_401', `${what}: HTTP 401${by(answer)}; a device leaves the management for it`)
  if (status === 403 && answer.body.includes(UNRECOGNIZED.code))
    throw new Unmanaged('HTTP_403', `${what}: HTTP 403, ${UNRECOGNIZED.code}`)
  throw unexpected(what, answer)
}

const unexpected = (what: string, answer: HttpAnswer): NetError =>
  new NetError(
    `HTTP_${answer.status}`,
    `${what}: HTTP ${answer.status}${by(answer)} instead of 200: ${answer.body.subarray(0, 200).toString().replace(/\s+/g, ' ')}`,
  )

const by = ({ headers }: HttpAnswer): string =>
  headers.server === undefined ? '' : `, answered by "${headers.server}"`

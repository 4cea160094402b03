import { NetError, TimeoutError } from '../net/errors.ts'
import type { Connection } from '../net/host.ts'
import { NONCE_HEADER } from './nonce.ts'

/** RFC 9112 section 2.3 asks for no limit; what answers CONNECT says little. */
const LONGEST_HEAD = 16_384
const END = '\r\n\r\n'

interface Asking {
  nonce: string
  login: { user: string; password: string }
  /** ms */
  timeout: number
}

/** `CONNECT authority`: resolves when the other side has answered 2xx, with what came behind that put back. @throws NetError in its words */
export async function connectThrough(
  connection: Connection,
  authority: string,
  { nonce, login, timeout }: Asking,
): Promise<void> {
  const { stream } = connection
  const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64')
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    `Proxy-Authorization: Basic ${basic}`,
    `${NONCE_HEADER}: ${nonce}`,
  ]
  stream.write(`${lines.join('\r\n')}${END}`)
  connection.observe({ what: 'request-sent', detail: { nonce } })
  const head = await readHead(connection, authority, timeout)
  const [, status = '0'] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? []
  if (head.toLowerCase().includes(`${NONCE_HEADER}: ${nonce}`))
    connection.observe({ what: 'reply-received', detail: { nonce } })
  if (!status.startsWith('2')) {
    connection.close()
    throw new NetError('CONNECT', `CONNECT ${authority}: HTTP ${status} ${head.split(END)[1] ?? ''}`.trim())
  }
}

/** Up to the empty line; with a refusal also what comes with it, for people. */
function readHead({ stream }: Connection, authority: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (act: () => void) => {
      clearTimeout(timer)
      stream.off('readable', look).off('close', gone).off('end', gone)
      act()
    }
    const gone = () =>
      settle(() => reject(new NetError('CLOSED', `CONNECT ${authority}: the connection ended before the answer`)))
    const look = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf(END)
      if (end < 0 && bytes.length <= LONGEST_HEAD) return
      if (end < 0)
        return settle(() =>
          reject(new NetError('CONNECT', `CONNECT ${authority}: no HTTP answer within ${LONGEST_HEAD} bytes`)),
        )
      const after = bytes.subarray(end + END.length)
      const refused = !/^HTTP\/1\.[01] 2/.test(bytes.toString('latin1', 0, 12))
      settle(() => {
        if (after.length > 0 && !refused) stream.unshift(after)
        resolve(bytes.toString('latin1', 0, refused ? bytes.length : end + END.length))
      })
    }
    const timer = setTimeout(() => settle(() => reject(new TimeoutError(`CONNECT ${authority}`, timeout))), timeout)
    stream.on('readable', look).on('close', gone).on('end', gone)
    look()
  })
}

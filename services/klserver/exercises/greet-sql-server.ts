import { NetError } from '../../../shared/net/errors.ts'
import { readBytes } from '../../../shared/net/read-bytes.ts'
import type { Exercise } from '../../../shared/service.ts'
import { packetLength, preLogin, readPreLoginAnswer } from '../../../shared/wire/tds.ts'

/** Arrow 1 to the lab's stand-in for SQL Server: the first message of TDS carries the nonce. The Server's store stays where it is. */
export const greetSqlServer: Exercise = async (host, { to, nonce, timeout, signal }) => {
  const connection = await host.dial(to, { timeout, signal })
  try {
    connection.raw.write(preLogin(nonce))
    connection.observe({ what: 'request-sent', detail: { nonce } })
    const answer = await readBytes(connection.raw, packetLength, { what: 'SQL Server, greeted', timeout, signal })
    if (readPreLoginAnswer(answer) === null) {
      const message = 'what answered is no SQL Server'
      connection.observe({ what: 'message-refused', detail: { code: 'not-tds', message } })
      throw new NetError('not-tds', message)
    }
    connection.observe({ what: 'reply-received', detail: { nonce } })
  } finally {
    connection.close()
  }
}

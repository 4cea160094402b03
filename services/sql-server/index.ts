/**
 * A stand-in for the port of Microsoft SQL Server, 1433: it answers the first message of TDS, by which a client and a firewall
 * recognise the port, and refuses every login. It keeps no data; fidelity: documented as far as it goes (MS-TDS).
 */
import type { Connection } from '../../shared/net/host.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { LOGIN7, loginFailed, packetLength, preLoginAnswer, readPreLogin } from '../../shared/wire/tds.ts'

export const start: StartService = async ({ host, settings }): Promise<Service> => {
  const open = new Set<Connection>()
  const listener = await host.listen(1433, {}, connection => {
    open.add(connection)
    connection.stream.once('close', () => open.delete(connection))
    void serve(connection, settings.helloTimeout)
  })
  let stopping: Promise<void> | null = null
  const stop = async () => {
    for (const connection of open) connection.close()
    await listener.close()
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

async function serve(connection: Connection, patience: number): Promise<void> {
  const refuse = (message: string) =>
    connection.observe({ what: 'message-refused', detail: { code: 'not-tds', message } })
  const silent = setTimeout(() => {
    refuse(`no TDS message within ${patience} ms`)
    connection.close()
  }, patience)
  try {
    let bytes = Buffer.alloc(0)
    for await (const chunk of connection.stream) {
      bytes = Buffer.concat([bytes, chunk as Buffer])
      for (let length = packetLength(bytes); length === 0 || bytes.length >= length; length = packetLength(bytes)) {
        const answer = length === 0 ? null : answerTo(connection, bytes.subarray(0, length))
        if (answer === null) return refuse('what came is neither PRELOGIN nor LOGIN7 of TDS')
        clearTimeout(silent)
        connection.stream.write(answer)
        bytes = bytes.subarray(length)
      }
    }
  } catch {
    // A broken connection is told by its end.
  } finally {
    clearTimeout(silent)
    connection.close()
  }
}

function answerTo(connection: Connection, bytes: Buffer): Buffer | null {
  if (bytes[0] === LOGIN7)
    return loginFailed(
      'This is a stand-in of ksc-lab for the port of SQL Server: it has no database and lets nobody in.',
    )
  const hello = readPreLogin(bytes)
  if (hello === null) return null
  if (hello.nonce !== null) {
    connection.observe({ what: 'request-received', detail: { nonce: hello.nonce } })
    connection.observe({ what: 'reply-sent', detail: { nonce: hello.nonce } })
  }
  return preLoginAnswer()
}

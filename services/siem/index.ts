/** A SIEM system's collector of syslog: 514 by TCP, 6514 by TLS (RFC 5425). What it takes it writes to its log, and keeps nothing. */
import type { Connection, ListenOptions } from '../../shared/net/host.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { readSyslog, type SyslogMessage, SyslogReader } from '../../shared/wire/syslog.ts'

export const start: StartService = async ({ host, credentials, log }): Promise<Service> => {
  const open = new Set<Connection>()
  const accept = (connection: Connection) => {
    open.add(connection)
    connection.stream.once('close', () => open.delete(connection))
    void collect(connection, message => log.info({ ...message }, 'collected'))
  }
  const listening = async (port: number, options: ListenOptions) => host.listen(port, options, accept)
  await using opened = new AsyncDisposableStack()
  opened.adopt(await listening(514, {}), listener => listener.close())
  opened.adopt(await listening(6514, { tls: () => credentials.identity('siem') }), listener => listener.close())
  const running = opened.move()
  let stopping: Promise<void> | null = null
  const stop = async () => {
    for (const connection of open) connection.close()
    await running.disposeAsync()
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

async function collect(connection: Connection, take: (message: SyslogMessage) => void): Promise<void> {
  const reader = new SyslogReader()
  try {
    for await (const chunk of connection.stream)
      for (const bytes of reader.push(chunk as Buffer)) {
        const message = readSyslog(bytes)
        const { nonce } = message.data
        if (nonce !== undefined) connection.observe({ what: 'request-received', detail: { nonce } })
        take(message)
      }
  } catch (error) {
    // A broken connection is told by its end; what is no syslog ends this one connection (RFC 5425 knows no answer).
    if (error instanceof Error && error.name === 'SyslogError')
      connection.observe({ what: 'message-refused', detail: { code: 'not-syslog', message: error.message } })
  }
  connection.close()
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { dnsName, type TopologyHost } from '../../../shared/config/topology.ts'
import { backOff } from '../../../shared/net/back-off.ts'
import type { Connection, Host, TlsClientOptions } from '../../../shared/net/host.ts'
import type { Credentials } from '../../../shared/service.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'
import { encodeSyslog, type SyslogMessage } from '../../../shared/wire/syslog.ts'

/** ms; assumed. */
const LONGEST_BACK_OFF = 30_000
/** Syslog has no answer, so what waits is in memory alone; the oldest go first, and the log says how many. */
const MOST_WAITING = 10_000

interface Exporting {
  host: Host
  siem: TopologyHost
  credentials: Credentials
  random: () => number
  log: Logger
  /** ms */
  connectTimeout: number
}

/** What a SIEM's certificate must be: of the lab's authority, for its name. */
export const siemTrust = (siem: TopologyHost, credentials: Credentials): TlsClientOptions => ({
  servername: dnsName(siem),
  ca: [credentials.authority('lab-ca')],
  rule: issuedByAuthority,
})

/** Hands every event to the SIEM as soon as it is stored, over one TLS connection to 6514 that is kept (RFC 5425). */
export class EventExporter {
  readonly #parts: Exporting
  readonly #waiting: SyslogMessage[] = []
  readonly #stopping = new AbortController()
  #sending: Promise<void> | null = null
  #connection: Connection | null = null
  #lost = 0

  constructor(parts: Exporting) {
    this.#parts = parts
  }

  take(message: SyslogMessage): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#waiting.shift()
      this.#lost++
    }
    this.#waiting.push(message)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#sending
    this.#connection?.close()
  }

  async #send(): Promise<void> {
    const { siem, log, random } = this.#parts
    const { signal } = this.#stopping
    for (let failures = 0; this.#waiting.length > 0 && !signal.aborted; )
      try {
        const { stream } = await this.#connected()
        failures = 0
        for (let next = this.#waiting[0]; next && stream.writable; next = this.#waiting[0]) {
          this.#waiting.shift()
          stream.write(encodeSyslog(next))
        }
      } catch (error) {
        failures++
        const wait = backOff(failures, LONGEST_BACK_OFF, random)
        log.warn(
          { siem: siem.name, reason: (error as Error).message, waiting: this.#waiting.length, lost: this.#lost },
          'no event export',
        )
        await sleep(wait, undefined, { signal }).catch(() => {})
      }
  }

  async #connected(): Promise<Connection> {
    if (this.#connection) return this.#connection
    const { host, siem, credentials, connectTimeout: timeout } = this.#parts
    const { signal } = this.#stopping
    const connection = await host.dial(
      { host: siem.name, port: 6514 },
      { tls: siemTrust(siem, credentials), timeout, signal },
    )
    this.#connection = connection
    const gone = () => {
      if (this.#connection === connection) this.#connection = null
      connection.close()
    }
    // A SIEM says nothing; reading is what hears its end. What was written just before that is lost (RFC 6587 section 3.1).
    connection.stream.resume().once('end', gone).once('close', gone)
    return connection
  }
}

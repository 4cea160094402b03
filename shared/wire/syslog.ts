/** Syslog as a SIEM takes it: RFC 5424 messages, each after its length (RFC 6587 section 3.4.1, RFC 5425 section 4.3). Pure. */

/** 16 "local use 0": facilities below are the operating system's. */
const FACILITY = 16
/** RFC 5612: for documentation. */
const ENTERPRISE = 32473
/** Room for what an event says; RFC 5425 asks receivers for 8,192. */
const LONGEST = 65_536

export interface SyslogMessage {
  /** 0 emergency to 7 debug. */
  severity: number
  /** ms since 1970. */
  at: number
  host: string
  process: string
  /** MSGID: the kind of the event. */
  kind: string
  /** Parameters of the one structured element `ksc-lab@32473`. */
  data: Readonly<Record<string, string>>
  text: string
}

/** KSC's four severities (1 information, 2 warning, 3 functional failure, 4 critical) in syslog's words. */
export const syslogSeverity = (severity: 1 | 2 | 3 | 4): number => ({ 1: 6, 2: 4, 3: 3, 4: 2 })[severity]

/** `LENGTH SP <PRI>1 TIME HOST APP - MSGID [ksc-lab@32473 key="value"] BOM text` */
export function encodeSyslog({ severity, at, host, process, kind, data, text }: SyslogMessage): Buffer {
  const element = Object.entries(data).map(([key, value]) => ` ${key}="${value.replace(/["\\\]]/g, '\\$&')}"`)
  const head = `<${FACILITY * 8 + severity}>1 ${new Date(at).toISOString()} ${word(host)} ${word(process)} - ${word(kind)}`
  const message = Buffer.from(`${head} [ksc-lab@${ENTERPRISE}${element.join('')}] \ufeff${text}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** Names of the head are printable ASCII without spaces (RFC 5424 section 6). */
const word = (text: string): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, 48) || '-'

export class SyslogError extends Error {
  override name = 'SyslogError'
}

const HEAD = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) \S+ (\S+) (-|(?:\[(?:[^"\\\]]|"(?:[^"\\\]]|\\.)*")*\])+) ?/
const PARAMETER = / ([^\s="\]]+)="((?:[^"\\\]]|\\.)*)"/g

/** One message without its length. @throws SyslogError that says what is wrong */
export function readSyslog(bytes: Buffer): SyslogMessage {
  const line = bytes.toString()
  const head = HEAD.exec(line)
  if (!head)
    throw new SyslogError(
      `no RFC 5424 message: <PRI>1 TIME HOST APP PROCID MSGID DATA is expected, not ${JSON.stringify(line.slice(0, 40))}`,
    )
  const [whole, priority = '', time = '', host = '', process = '', kind = '', structured = ''] = head
  const at = Date.parse(time)
  if (Number.isNaN(at) || Number(priority) > 191)
    throw new SyslogError(`<${priority}> and ${time}: a priority of at most 191 and a time of RFC 3339 are expected`)
  const parameters = [...structured.matchAll(PARAMETER)].map(([, key = '', value = '']) => [
    key,
    value.replace(/\\(["\\\]])/g, '$1'),
  ])
  return {
    severity: Number(priority) % 8,
    at,
    host,
    process,
    kind,
    data: Object.fromEntries(parameters),
    text: line.slice(whole.length).replace(/^\ufeff/, ''),
  }
}

/** Cuts a stream into messages, whatever pieces it comes in. */
export class SyslogReader {
  #rest: Buffer = Buffer.alloc(0)

  /** @throws SyslogError where no length stands */
  push(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    for (;;) {
      const space = this.#rest.indexOf(0x20)
      const digits = this.#rest.subarray(0, space < 0 ? 6 : space).toString('latin1')
      if (!/^[1-9]\d{0,4}$/.test(digits) && digits !== '')
        throw new SyslogError(
          `a length of at most ${LONGEST} and a space are expected before each message, not ${JSON.stringify(digits)}`,
        )
      if (space < 0) return messages
      const end = space + 1 + Number(digits)
      if (this.#rest.length < end) return messages
      messages.push(this.#rest.subarray(space + 1, end))
      this.#rest = this.#rest.subarray(end)
    }
  }
}

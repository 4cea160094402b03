import type * as v from 'valibot'
import { safeParse } from 'valibot'
import { NetError } from '../net/errors.ts'
import type { Connection } from '../net/host.ts'
import { explain } from '../wire/explain.ts'
import { LONGEST_LINE } from './link-messages.ts'

/** Bytes that wait for a peer which does not read; then it is given up. */
const MOST_UNREAD = 1024 * 1024

interface LinesParts<Schemas extends Readonly<Record<string, v.GenericSchema<unknown, { type: string }>>>> {
  connection: Connection
  /** What may come, by `type`. */
  schemas: Schemas
  onMessage(message: v.InferOutput<Schemas[keyof Schemas]>): void
  /** Input that is none of it; the connection is the owner's to close. */
  onRefused(code: string, reason: string): void
  /** Once, however it ended. */
  onClosed(): void
}

/** One JSON object a line, both ways. */
export class Lines<Schemas extends Readonly<Record<string, v.GenericSchema<unknown, { type: string }>>>> {
  readonly #parts: LinesParts<Schemas>
  #rest = Buffer.alloc(0)
  #refused = false

  constructor(parts: LinesParts<Schemas>) {
    this.#parts = parts
    const { stream } = parts.connection
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    // Half open is of no use here.
    stream.once('end', () => parts.connection.close())
    stream.once('close', () => parts.onClosed())
  }

  send(message: { type: string }): void {
    const { connection } = this.#parts
    if (connection.stream.destroyed || connection.stream.writableEnded) return
    connection.stream.write(`${JSON.stringify(message)}\n`)
    if (connection.stream.writableLength > MOST_UNREAD) connection.close('reset')
  }

  #take(chunk: Buffer): void {
    if (this.#refused) return
    this.#rest = Buffer.concat([this.#rest, chunk])
    try {
      for (let end = this.#rest.indexOf('\n'); end >= 0; end = this.#rest.indexOf('\n')) {
        const line = this.#rest.subarray(0, end)
        this.#rest = this.#rest.subarray(end + 1)
        this.#parts.onMessage(this.#read(line))
      }
      checkLength(this.#rest)
    } catch (error) {
      if (!(error instanceof NetError)) throw error
      this.#refused = true
      this.#parts.connection.observe({ what: 'message-refused', detail: { code: error.code, message: error.message } })
      this.#parts.onRefused(error.code, error.message)
    }
  }

  #read(line: Buffer): v.InferOutput<Schemas[keyof Schemas]> {
    const { schemas } = this.#parts
    checkLength(line)
    const { type, ...rest } = parse(line.toString())
    const known = Object.keys(schemas)
    const schema = typeof type === 'string' && known.includes(type) ? schemas[type] : undefined
    if (!schema)
      throw new NetError(
        'unknown-message',
        `no message of type ${JSON.stringify(type)?.slice(0, 80)}; known are ${known.join(', ')}`,
      )
    const { issues, output } = safeParse(schema, { type, ...rest }, { abortEarly: true })
    if (issues) throw new NetError('bad-message', explain(String(type), issues))
    return output as v.InferOutput<Schemas[keyof Schemas]>
  }
}

function checkLength(line: Buffer): void {
  if (line.length > LONGEST_LINE)
    throw new NetError(
      'line-too-long',
      `a line has at most ${LONGEST_LINE} bytes, and one JSON object is expected in each`,
    )
}

function parse(line: string): { type?: unknown } {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  throw new NetError('not-json', 'one JSON object is expected in each line')
}

/** Sessions without a network: one end is the Session under test, the other writes and reads what it likes. */

import type { Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { pino } from 'pino'
import { Journal } from '../../shared/journal/journal.ts'
import type { End } from '../../shared/journal/observation.ts'
import { established } from '../../shared/net/connection.ts'
import type { Connection } from '../../shared/net/host.ts'
import { createScribe } from '../../shared/net/scribe.ts'
import { encodeFrame, FrameReader, type WireMap } from '../../shared/wire/frame.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'

export const hello: Messages['hello'] = {
  type: 'hello',
  protocol: 1,
  role: 'agent',
  host: 'agent-1',
  version: '14.2',
  nonce: 'nonce-of-a-hello',
}
export const welcome: Messages['welcome'] = {
  type: 'welcome',
  host: 'klserver',
  version: '14.2',
  nonce: hello.nonce,
  keep: 'not-asked',
}
export const log = pino({ level: 'silent' })

/** `end` is what the connection is to the Session. */
export function wire(end: End): { connection: Connection; peer: Peer; journal: Journal } {
  const [near, far] = duplexPair()
  const journal = new Journal()
  const scribe = createScribe({ journal, host: 'klserver', end, port: 13000, transport: 'tcp' })
  const nowhere = { address: 'nowhere', port: 0 }
  // A pair has no socket below, and nobody here sends a reset.
  const raw = near as unknown as Socket
  const connection = established({ scribe, end, stream: near, raw, local: nowhere, remote: nowhere })
  return { connection, peer: new Peer(far), journal }
}

export class Peer {
  readonly stream: Duplex
  readonly #reader = new FrameReader()
  readonly #heard: WireMap[] = []
  #over = false
  #wake = Promise.withResolvers<void>()

  constructor(stream: Duplex) {
    this.stream = stream
    stream.on('data', chunk => {
      this.#heard.push(...this.#reader.push(chunk))
      this.#wake.resolve()
    })
    stream.once('end', () => {
      this.#over = true
      this.#wake.resolve()
    })
  }

  write(bytes: Uint8Array): void {
    this.stream.write(bytes)
  }

  send(...messages: object[]): void {
    this.write(Buffer.concat(messages.map(message => encodeFrame(message as WireMap))))
  }

  /** The next message, or null when the other side has ended. */
  async next(): Promise<WireMap | null> {
    for (;;) {
      const first = this.#heard.shift()
      if (first) return first
      if (this.#over) return null
      this.#wake = Promise.withResolvers()
      await this.#wake.promise
    }
  }

  /** Everything until the other side has ended; then ends as well. */
  async rest(): Promise<WireMap[]> {
    const all: WireMap[] = []
    for (let map = await this.next(); map; map = await this.next()) all.push(map)
    this.stream.end()
    return all
  }

  async ask(message: object): Promise<WireMap | null> {
    this.send(message)
    return this.next()
  }
}

export const frame = (body: Uint8Array, length = body.length): Buffer => {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(length)
  return Buffer.concat([header, body])
}

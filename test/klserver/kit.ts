/** The Administration Server alone on real ports, and strangers who speak to it byte by byte. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Observation } from '../../shared/journal/observation.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { encodeFrame, FrameReader, type WireMap } from '../../shared/wire/frame.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'

/** A LAN of one host: klserver with its activation proxy and its Web Server. */
export const startServer = (settings: Partial<ServiceSettings> = {}): Promise<Lab> =>
  startLab('lan', {
    external: loadTopology('lan')
      .hosts.map(({ name }) => name)
      .filter(name => name !== 'klserver'),
    settings,
  })

/** One connection of somebody who may write anything. */
export class Stranger implements Disposable {
  readonly socket: Socket
  /** The socket below TLS, which alone can send a reset. */
  readonly #raw: Socket
  /** The code with which the connection broke, where it did not end in order. */
  broken: string | undefined
  readonly ended: Promise<void>
  readonly #reader = new FrameReader()
  readonly #heard: WireMap[] = []
  #wake = Promise.withResolvers<void>()
  #over = false

  constructor(socket: Socket, raw = socket) {
    this.socket = socket
    this.#raw = raw
    const ended = Promise.withResolvers<void>()
    this.ended = ended.promise
    socket.on('data', chunk => {
      for (const map of this.#reader.push(chunk)) this.#heard.push(map)
      this.#wake.resolve()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.broken = error.code
    })
    const over = () => {
      this.#over = true
      this.#wake.resolve()
      ended.resolve()
    }
    socket.once('end', over).once('close', over)
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  send(message: object): void {
    this.write(encodeFrame(message as WireMap))
  }

  /** The next message; `{ type: 'END' }` when the other side has ended. */
  async next(): Promise<WireMap> {
    for (;;) {
      const map = this.#heard.shift()
      if (map) return map
      if (this.#over) return { type: 'END' }
      this.#wake = Promise.withResolvers()
      await this.#wake.promise
    }
  }

  /** Everything until the other side has ended. */
  async rest(): Promise<WireMap[]> {
    await this.ended
    return this.#heard.splice(0)
  }

  async ask(message: object): Promise<WireMap> {
    this.send(message)
    return this.next()
  }

  reset(): void {
    this.#raw.resetAndDestroy()
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

/** 14000, 8060: plain; every other port: TLS, whatever certificate is shown. */
export async function dial(lab: Lab, port: number): Promise<Stranger> {
  const at = lab.endpoint('klserver', port)
  const raw = connect({ host: at.address, port: at.port, noDelay: true })
  await once(raw, 'connect')
  if (port === 14000) return new Stranger(raw)
  const socket = connectTls({ socket: raw, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return new Stranger(socket, raw)
}

export const newNonce = (): string => randomUUID()

export const hello = (more: Partial<Messages['hello']> = {}): Messages['hello'] => ({
  type: 'hello',
  protocol: 1,
  role: 'agent',
  host: 'agent-x',
  agentId: randomUUID(),
  version: '14.2',
  nonce: newNonce(),
  ...more,
})

export const event = (more: Partial<Messages['event']> = {}): Messages['event'] => ({
  type: 'event',
  id: 1,
  nonce: newNonce(),
  eventId: randomUUID(),
  at: Date.now(),
  severity: 2,
  kind: 'KLNAG_EV_TEST',
  text: 'something happened',
  ...more,
})

export const sync = (id = 1): Messages['sync'] => ({
  type: 'sync',
  id,
  nonce: newNonce(),
  applications: [{ name: 'Something', version: '1.0' }],
})

/** An agent whose session is open. */
export async function agent(lab: Lab, port = 14000, more: Partial<Messages['hello']> = {}) {
  const stranger = await dial(lab, port)
  const greeting = hello(more)
  const welcome = await stranger.ask(greeting)
  if (welcome.type !== 'welcome') throw new Error(`no welcome but ${JSON.stringify(welcome)}`)
  return Object.assign(stranger, {
    agentId: greeting.agentId ?? '',
    welcome: welcome as unknown as Messages['welcome'],
  })
}

/** Does an open session still get its answers? */
export async function works(stranger: Stranger): Promise<boolean> {
  const nonce = newNonce()
  const answer = await stranger.ask({ type: 'ping', id: 7, nonce })
  return answer.type === 'pong' && answer.nonce === nonce
}

/** A console that is logged in. */
export async function administrator(lab: Lab): Promise<Stranger> {
  const console = await dial(lab, 13291)
  const login = lab.state.credentials.administrator
  const welcome = await console.ask({ ...hello({ role: 'console', host: 'admin-pc', login }), agentId: undefined })
  if (welcome.type !== 'welcome') throw new Error(`no welcome but ${JSON.stringify(welcome)}`)
  return console
}

export type Listed = Messages['devices']['devices'][number]

export async function devices(lab: Lab): Promise<Listed[]> {
  using console = await administrator(lab)
  const answer = await console.ask({ type: 'list-devices', id: 1, nonce: newNonce() })
  return (answer as unknown as Messages['devices']).devices
}

export async function deviceOf(lab: Lab, host: string): Promise<Listed> {
  const found = (await devices(lab)).find(({ name }) => name === host)
  if (!found) throw new Error(`the Server lists no device ${host}`)
  return found
}

type What = Observation['what']
type Seen<W extends What> = Extract<Observation, { what: W }>

/** What the journal holds of one kind. */
export const noted = <W extends What>(lab: Pick<Lab, 'journal'>, what: W): Seen<W>[] =>
  lab.journal.entries().filter((entry): entry is Seen<W> => entry.what === what)

/** Resolves with the first observation, past or to come, for which `wanted` holds. */
export function journalled(
  { journal }: Pick<Lab, 'journal'>,
  wanted: (entry: Observation) => boolean,
): Promise<Observation> {
  const past = journal.entries().find(wanted)
  if (past) return Promise.resolve(past)
  return new Promise(resolve => {
    const stop = journal.subscribe(entry => {
      if (!wanted(entry)) return
      stop()
      resolve(entry)
    })
  })
}

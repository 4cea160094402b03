/** A gateway on real sockets, a box that can fall silent in front of it, and devices that speak byte by byte. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { hello, journalled, noted, Stranger } from '../klserver/kit.ts'

/** As the devices ask for them, by SNI. */
export const SERVER = 'klserver.lan.ksc-lab.test'
export const GATEWAY = 'gateway.dmz.ksc-lab.test'

/** Server and gateway alone; the gateway's own agent is the only device. */
export async function startPair(
  settings: Partial<ServiceSettings> = {},
  topology: 'gateway' | 'gateway-segment' = 'gateway',
  more: readonly string[] = [],
): Promise<Lab> {
  const kept = ['klserver', 'gateway', ...more]
  const external = loadTopology(topology)
    .hosts.map(({ name }) => name)
    .filter(name => !kept.includes(name))
  const lab = await startLab(topology, { external, settings, seed: 1 })
  if (topology === 'gateway') await signalIs(lab, 'established')
  // The gateway's own agent has been there too, so that what comes now is the test's.
  await journalled(
    lab,
    entry => entry.host === 'gateway' && entry.end === 'initiator' && entry.what === 'reply-received',
  )
  return lab
}

/** Both ends hold the signal connection, or both know that it is gone. */
export async function signalIs(lab: Pick<Lab, 'journal'>, state: 'established' | 'lost', since = 0): Promise<void> {
  for (const host of ['klserver', 'gateway'])
    await journalled(
      lab,
      entry => entry.t >= since && entry.host === host && entry.what === 'signal' && entry.detail.state === state,
    )
}

/** What comes from now on. */
export const since = ({ journal }: Pick<Lab, 'journal'>): number => journal.entries().at(-1)?.t ?? 0

export interface Dialling {
  servername?: string
  identity?: ServerIdentity
  at?: Endpoint
}

/** A stranger behind TLS, and what is below it. */
export class Caller extends Stranger {
  readonly raw: Socket
  readonly #tls: TLSSocket

  constructor(socket: TLSSocket, raw: Socket) {
    super(socket, raw)
    this.raw = raw
    this.#tls = socket
  }

  /** Fingerprint of the certificate that was shown to it. */
  shows(): string {
    const certificate = this.#tls.getPeerX509Certificate()
    if (!certificate) throw new Error('no certificate was shown')
    return fingerprintOf(certificate)
  }
}

/** Anybody who dials the gateway: by default a device that asks for the Server. */
export async function arrive(lab: Lab, { servername = SERVER, identity, at }: Dialling = {}): Promise<Caller> {
  const { address, port } = at ?? lab.endpoint('gateway', 13000)
  const raw = connect({ host: address, port, noDelay: true })
  raw.on('error', () => {})
  await once(raw, 'connect')
  const socket = connectTls({ socket: raw, servername, rejectUnauthorized: false, ...(identity ?? {}) })
  const stranger = new Caller(socket, raw)
  await Promise.race([
    once(socket, 'secureConnect'),
    stranger.ended.then(() => Promise.reject(new Error(`no TLS: ${stranger.broken ?? 'ended'}`))),
  ])
  return stranger
}

/** The Server, as it shows itself to the gateway. */
export const asServer = (lab: Lab): Promise<Caller> =>
  arrive(lab, { servername: GATEWAY, identity: lab.state.credentials.identity('common') })

/** A device whose session with the Server is open, through the gateway. */
export async function device(lab: Lab, more: Partial<Messages['hello']> = {}): Promise<Caller & { agentId: string }> {
  const stranger = await arrive(lab)
  const greeting = hello({ keep: true, ...more })
  const welcome = await stranger.ask(greeting)
  if (welcome.type !== 'welcome') throw new Error(`no welcome but ${JSON.stringify(welcome)}`)
  return Object.assign(stranger, { agentId: greeting.agentId ?? '' })
}

/** How a dial ends that gets no TLS: the code, or `FIN`. And after how many ms. */
export async function turnedAway(lab: Pick<Lab, 'endpoint'>): Promise<{ code: string; after: number }> {
  const { address, port } = lab.endpoint('gateway', 13000)
  const started = performance.now()
  const raw = connect({ host: address, port })
  const socket: TLSSocket = connectTls({ socket: raw, servername: SERVER, rejectUnauthorized: false })
  const code = await new Promise<string>(resolve => {
    // Without a system call it is no reset, but what node:tls calls a FIN before the end of the handshake.
    const broke = ({ code = 'UNKNOWN', syscall }: NodeJS.ErrnoException) => resolve(syscall ? code : 'FIN')
    raw.on('error', broke)
    socket.on('error', broke).once('secureConnect', () => resolve('SERVED'))
  })
  const after = performance.now() - started
  socket.destroy()
  return { code, after }
}

/** Why the gateway carried none of what came since. */
export const refusals = (lab: Pick<Lab, 'journal'>, from = 0): string[] =>
  noted(lab, 'carry-refused')
    .filter(({ t, host }) => t > from && host === 'gateway')
    .map(({ detail }) => detail.code)

export interface Wire extends AsyncDisposable {
  readonly at: Endpoint
  /** Everything that passed, both ways. */
  bytes(): Buffer
  connections(): number
  /** From now on nothing passes, and nothing is closed: a firewall that forgot its connections. */
  silence(): void
  /** What is dialled from now on passes; older connections stay deaf. */
  speak(): void
  /** Every connection is reset, on both sides. */
  cut(): void
}

/** A box in front of a place that is asked for at every connection. */
export async function startWire(upstream: () => Endpoint): Promise<Wire> {
  const seen: Buffer[] = []
  const open = new Map<Socket, { deaf: boolean }>()
  let connections = 0
  let silent = false
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    connections += 1
    const { address, port } = upstream()
    const line = { deaf: silent }
    const other = connect({ host: address, port, allowHalfOpen: true, noDelay: true })
    tie(client, other, line)
    tie(other, client, line)
  })
  const tie = (from: Socket, to: Socket, line: { deaf: boolean }) => {
    open.set(from, line)
    from.on('data', (chunk: Buffer) => {
      if (line.deaf) return
      seen.push(chunk)
      to.write(chunk)
    })
    from.on('end', () => !line.deaf && to.end())
    from.on('error', () => !line.deaf && to.resetAndDestroy())
    from.once('close', () => open.delete(from))
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    at: { address: '127.0.0.1', port: (server.address() as AddressInfo).port },
    bytes: () => Buffer.concat(seen),
    connections: () => connections,
    silence() {
      silent = true
      for (const line of open.values()) line.deaf = true
    },
    speak() {
      silent = false
    },
    cut() {
      for (const socket of open.keys()) socket.resetAndDestroy()
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open.keys()) socket.destroy()
      await once(server, 'close')
    },
  }
}

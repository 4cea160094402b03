import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Endpoint } from '../journal/observation.ts'
import { established, localOf, remoteOf } from './connection.ts'
import type { Connection, ListenOptions, ProxyProtocol, TcpListener } from './host.ts'
import { listenError } from './listen-error.ts'
import { peek } from './peek.ts'
import { faultOf, type ProxyHeaderRefusal, type TakenHeader, takeProxyHeader } from './proxy-header.ts'
import type { Scribe } from './scribe.ts'
import { TlsEnd } from './tls-server.ts'

/** Assumed: the same 10 s in which a `hello` must come. */
const HANDSHAKE_TIMEOUT = 10_000
/** A herd of 1,000 agents needs a quarter longer with Node's default of 511 (docs/performance.md). */
const BACKLOG = 4096

interface Listening {
  /** For people: `klserver`. */
  host: string
  port: number
  bind: Endpoint
  options: ListenOptions
  /** Absent: off. */
  proxied?: ProxyProtocol | undefined
  newScribe: () => Scribe
  onConnection: (connection: Connection) => void
}

/** A TCP listener that journals what arrives before anything answers it: PROXY header, ClientHello or plain bytes. */
export async function listen({
  host,
  port,
  bind,
  options,
  proxied = OFF,
  newScribe,
  onConnection,
}: Listening): Promise<TcpListener> {
  const { handshakeTimeout = HANDSHAKE_TIMEOUT, ownNames, passOn } = options
  const tls = options.tls === undefined ? null : new TlsEnd(options, handshakeTimeout)
  const open = new Set<Socket>()

  const arrive = async (under: Duplex, from: Came) => {
    const { raw, local, remote: peer } = from
    const scribe = newScribe()
    scribe.observe({ what: 'accepted', detail: { local, remote: peer } })
    // What comes through a gateway has passed that one's own listener.
    const policy = from.via === null ? proxied : OFF
    const believed = policy.mode !== 'off' && policy.trusted.has(peer.address)
    const header: TakenHeader = believed ? await takeProxyHeader(under, handshakeTimeout) : { state: 'none' }
    if (header.state === 'gone') return gone(scribe, under)
    if (header.state === 'refused') return refuse(scribe, under, raw, header.fault)
    if (header.state === 'taken') scribe.observe({ what: 'proxy-header', detail: { ...header.header, by: peer } })
    const came = { ...from, peer, remote: (header.state === 'taken' && header.header.source) || peer }
    const first = await peek(under, handshakeTimeout)
    if (first === null) return gone(scribe, under)
    scribe.observe({
      what: 'first-bytes',
      detail: { kind: first.kind, hex: first.bytes.subarray(0, 16).toString('hex') },
    })
    if (first.kind === 'tls') scribe.observe({ what: 'client-hello', detail: first.hello })
    const fault = faultOf(first, policy, header.state === 'taken', peer)
    if (fault) return refuse(scribe, under, raw, fault)
    const parts = { scribe, end: 'responder', ...came } as const
    if (!tls) return onConnection(established({ ...parts, stream: under }))
    if (first.kind !== 'tls') {
      // The alert a TLS stack would send says less than the journal does.
      return turnAway(scribe, under, raw, 'NOT_TLS')
    }
    const { hello } = first
    if (passOn && !ownNames?.includes(hello.sni ?? ''))
      return passOn({ hello, connection: established({ ...parts, stream: under }) })
    const ended = await tls.handshake(under, scribe)
    if (ended) onConnection(established({ ...parts, ...ended }))
  }

  const server = createTcpServer({ noDelay: true, allowHalfOpen: true }, raw => {
    open.add(raw)
    raw.on('close', () => open.delete(raw)).on('error', () => {})
    void arrive(raw, { raw, local: localOf(raw), remote: remoteOf(raw), via: null })
  })
  await bound(server, host, port, bind)
  const at = server.address()
  const where = { address: bind.address, port: typeof at === 'object' && at ? at.port : bind.port }
  return {
    port,
    bound: where,
    adopt: ({ stream, raw }, { from, via }) => void arrive(stream, { raw, local: where, remote: from, via }),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

type Came = Pick<Connection, 'raw' | 'local' | 'remote' | 'via'>

const OFF: ProxyProtocol = { mode: 'off', trusted: { has: () => false } }

function refuse(scribe: Scribe, under: Duplex, raw: Socket, fault: ProxyHeaderRefusal): void {
  scribe.observe({ what: 'proxy-header-refused', detail: fault })
  turnAway(scribe, under, raw, 'PROXY_HEADER')
}

function turnAway(scribe: Scribe, under: Duplex, raw: Socket, code: string): void {
  scribe.observe({ what: 'closed', detail: { how: 'local', after: 0, code } })
  if (under === raw) raw.destroySoon()
  else under.end()
}

function bound(server: Server, host: string, port: number, { address, port: real }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(listenError(error, { host, port, transport: 'tcp', address, real })))
    server.listen({ host: address, port: real, backlog: BACKLOG, exclusive: true }, () => resolve())
  })
}

function gone(scribe: Scribe, raw: Duplex): void {
  const how = raw.errored ? 'rst' : raw.readableEnded ? 'fin' : raw.destroyed ? 'local' : 'timeout'
  scribe.observe({ what: 'closed', detail: { how, after: 0, code: 'NO_BYTES' } })
  raw.destroy()
}

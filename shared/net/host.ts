/**
 * The seam between a service and the network. A service is given a Host and never touches `node:net`, `node:tls`
 * or `node:dgram`: the Host maps documented ports to where they really are (a loopback address, a container, an
 * ephemeral port) and writes down what this end saw, so that evidence is not something a service must remember.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ForwardProxy } from '../config/forward-proxy.ts'
import type { Endpoint, SeenCertificate, Sight } from '../journal/observation.ts'
import type { ClientHello } from '../wire/client-hello.ts'
import type { AddressSet } from './address-set.ts'

export type Transport = 'tcp' | 'udp' | 'local'

/** A host of the lab and a documented port, as the documentation would address it. */
export interface Target {
  host: string
  port: number
}

/** Why a certificate is not accepted. `code` is a short word (`pin`, `expired`, `name`, `issuer`); `reason` a sentence. */
export interface CertificateRefusal {
  code: string
  reason: string
}

/** What the TLS stack says of the peer's certificate; the input of every certificate rule. */
export interface PresentedCertificate extends SeenCertificate {
  /** DER. */
  raw: Uint8Array
  /** Node's own chain verdict against `ca` (for example `CERT_HAS_EXPIRED`), or null when the chain holds. */
  chainError: string | null
  /** Node's own name verdict against `servername`, or null. */
  nameError: string | null
}

/** A certificate rule: pinned, trusted on first use, issued by an authority. See `shared/tls/rules.ts`. */
export type CertificateRule = (seen: PresentedCertificate) => CertificateRefusal | null

export interface TlsClientOptions {
  servername?: string
  alpn?: string[]
  /** PEM authorities for the chain check. */
  ca?: string[]
  rule: CertificateRule
  /** PEM, where a client certificate is sent. */
  identity?: { cert: string; key: string }
  /** Resumes the session before, with this trust, at the same place: no certificate is shown again, each side has the one of then. */
  resume?: boolean
  /** What the two ends say in plain words before TLS begins. */
  preface?: (raw: Socket, limits: { timeout: number; signal: AbortSignal | undefined }) => Promise<void>
}

export interface DialOptions {
  tls?: TlsClientOptions
  /** ms; default 30 000, the Network Agent's documented connect timeout. Covers resolution, TCP and TLS, each. */
  timeout?: number
  signal?: AbortSignal
  /** By way of this forward proxy (HTTP CONNECT), where its bypass list does not except the target. */
  through?: ForwardProxy
}

/** What a listener makes of PROXY protocol headers. */
export interface ProxyProtocol {
  /** `expected`: nobody is served without one; `optional`: with and without; `off`: whoever sends one is refused. */
  mode: 'expected' | 'optional' | 'off'
  /** From these alone a header is believed. */
  trusted: AddressSet
}

/** PEM certificate chain and key that a listener presents. */
export interface ServerIdentity {
  cert: string
  key: string
}

export interface ListenOptions {
  /** TLS is ended by the Host; absent for plain ports. A function is asked at every handshake. */
  tls?: ServerIdentity | (() => ServerIdentity)
  alpn?: string[]
  /** ms from accept to the end of the TLS handshake; default 10 000. */
  handshakeTimeout?: number
  /**
   * Asks clients for a certificate; `Connection.certificate` is what was shown. Nothing is refused for what it is here;
   * where it is demanded, TLS refuses whoever shows none.
   */
  clientCertificate?: boolean | 'demanded'
  /** Takes what asks for somebody else before TLS is ended: a connection gateway carries it on untouched. */
  passOn?: (arrival: Arrival) => void
  /** The names by which this listener itself is asked for; a ClientHello with another one, or with none, is passed on. */
  ownNames?: readonly string[]
}

/** A connection of which only the ClientHello was looked at; its TLS is between its two far ends. */
export interface Arrival {
  readonly hello: ClientHello
  readonly connection: Connection
}

/** One connection, at one end. TLS, where the port has it, is already done. */
export interface Connection {
  /** Its name in the journal, for example `agent-1#17`. */
  readonly id: string
  readonly end: 'initiator' | 'responder'
  readonly stream: Duplex
  /** The socket below TLS; for `shared/net` alone. */
  readonly raw: Socket
  readonly local: Endpoint
  /** The far end: where a PROXY protocol header was believed, the one that it names. */
  readonly remote: Endpoint
  /** Whose socket it is at the other side: the proxy that has sent such a header, else `remote`. */
  readonly peer: Endpoint
  /** The peer's certificate: at the initiator on TLS, at the responder where the listener asks for one; else null. */
  readonly certificate: PresentedCertificate | null
  /** The connection gateway that it came through, where a Server dialled that for it; else null. */
  readonly via: string | null
  /** Write down what a layer above saw. A nonce in the sight names the exercise for the whole connection. */
  observe(sight: Sight): void
  /** Idempotent. `reset` sends RST instead of FIN. */
  close(how?: 'fin' | 'reset'): void
}

export interface Listener {
  readonly port: number
  /** Where it really is. */
  readonly bound: Endpoint
  close(): Promise<void>
}

export interface TcpListener extends Listener {
  /** Takes the bytes of a connection that came another way, through a connection gateway, as if it had been accepted here. */
  adopt(connection: Connection, came: { from: Endpoint; via: string }): void
}

export interface Datagram {
  readonly bytes: Buffer
  readonly from: Endpoint
  /** Journals against this one datagram. */
  observe(sight: Sight): void
}

export interface UdpPort extends Listener {
  /** Answers a datagram from the listening port. */
  reply(to: Endpoint, bytes: Uint8Array): Promise<void>
}

/** Datagrams to one target from a connected socket: the only kind that hears a refused port. */
export interface UdpPeer {
  readonly id: string
  send(bytes: Uint8Array): Promise<void>
  /** The next datagram that comes back, or null after `timeout` ms. Rejects where ICMP says the port is closed. */
  receive(timeout: number): Promise<Buffer | null>
  observe(sight: Sight): void
  close(): void
}

export interface Host {
  readonly name: string
  dial(target: Target, options?: DialOptions): Promise<Connection>
  listen(port: number, options: ListenOptions, onConnection: (connection: Connection) => void): Promise<TcpListener>
  udp(port: number, onDatagram: (datagram: Datagram) => void): Promise<UdpPort>
  /** Opens a connected datagram socket towards a documented UDP port. */
  udpTo(target: Target): Promise<UdpPeer>
  /**
   * Joins the multicast group of a documented port on this host's own address. Other members on this machine have a copy of
   * their own. A datagram is journalled with the first thing that is observed of it: a package is thousands of them.
   */
  multicast(port: number, onDatagram: (datagram: Datagram) => void): Promise<Listener>
  /** Opens a datagram socket towards the group in which the target is a member: no router passes on what is sent. */
  multicastTo(target: Target): Promise<UdpPeer>
  /** Exchange inside one device (arrow 7): a local socket named after who listens. */
  dialLocal(name: string, timeout?: number): Promise<Connection>
  listenLocal(name: string, onConnection: (connection: Connection) => void): Promise<Listener>
  /** The same host, with everything it opens stamped as part of one exercise, and its target perhaps reached by another way. */
  during(exercise: ExerciseStamp): Host
}

export interface ExerciseStamp {
  nonce: string
  /** ms; the default time-out of every dial. */
  timeout: number
  /** Where this one target is reached instead: the user's own box. */
  detour?: { target: Target; at: Endpoint } | undefined
}

/** What a fault is. One file each; `registry.ts` has a line for every one. */
import type { Socket } from 'node:net'
import type { Endpoint } from '../journal/observation.ts'
import type { ServerIdentity } from '../net/host.ts'

export interface Fault {
  /** A sentence for each end of the arrow: what it sees. */
  readonly seen: { readonly initiator: string; readonly responder: string }
  /** Called once, when the middlebox starts: the place to refuse settings. Absent where the fault means nothing for TCP. */
  readonly tcp?: typeof NOBODY_LISTENS | ((settings: Settings) => Relay)
  readonly udp?: typeof NOBODY_LISTENS | ((settings: Settings) => DatagramRule)
}

/** Instead of a relay: the middlebox keeps its port closed. */
export const NOBODY_LISTENS = 'nobody-listens'

/**
 * Handles one accepted connection. `client` is paused and half-open is allowed on it; errors are already listened to.
 * A rejection resets the client.
 */
export type Relay = (client: Socket, dial: Dial) => void | Promise<void>

/** Opens a connection that the middlebox destroys when it closes. Rejects with Node's own error. */
type Dial = (to: Endpoint) => Promise<Socket>

/** Datagrams of one client go `to` one place from one socket, as through a NAT; the answers come back the same way. */
export interface DatagramRule {
  readonly to: Endpoint
  readonly requests: 'pass' | 'lost'
  readonly replies: 'pass' | 'lost'
}

export interface Settings {
  /** Name of the fault, for error messages. */
  readonly fault: string
  readonly upstream: Endpoint
  /** `wrong-responder`: where connections are led instead. */
  readonly elsewhere?: Endpoint
  /** `plaintext-arrived`, `tls-intercepted`: PEM chain and key that the middlebox presents. */
  readonly identity?: ServerIdentity
  /** `stalled`: bytes of the reply that still pass; default 64 KiB. */
  readonly after?: number
  /** `idle-cut`: seconds without a byte, either way, after which it cuts; default 30. */
  readonly seconds?: number
  /** `idle-cut`: how both sides are told; default `silent`: not at all. */
  readonly way?: CutName
  /** `tls-refused`: the alert that is sent; default `handshake_failure`. */
  readonly alert?: AlertName
}

export const CUTS = ['fin', 'rst', 'silent'] as const
export type CutName = (typeof CUTS)[number]

/** RFC 8446 section 6. */
export const ALERTS = { handshake_failure: 40, protocol_version: 70, unrecognized_name: 112 } as const
export type AlertName = keyof typeof ALERTS

import type { Transport } from '../net/host.ts'

/** Which end of the connection saw it. */
export type End = 'initiator' | 'responder'

export interface Endpoint {
  address: string
  port: number
}

/** `unexpected`, `missing`: of a header at all; `untrusted`: from this address; `unreadable`, `truncated`: as it came. */
export type ProxyHeaderFault = 'unexpected' | 'missing' | 'untrusted' | 'unreadable' | 'truncated'

export interface SeenCertificate {
  /** SHA-256 of the DER, upper-case hex pairs without colons. */
  fingerprint: string
  subject: string
  issuer: string
  validTo: string
}

/** How an established connection came to its end, as this end saw it. */
export type Ending = 'fin' | 'rst' | 'timeout' | 'local'

/**
 * What one end saw. The closed set from which every verdict is drawn: a new fact gets a new member here, never a
 * free text. Details are flat so that they read well as NDJSON.
 */
export type Sight =
  /** `proxy`: it is the forward proxy that is looked for, and dialled, on the way to the target. */
  | { what: 'resolve-failed'; detail: { name: string; code: string; proxy?: string } }
  | { what: 'connecting'; detail: { to: string; proxy?: string } & Endpoint }
  | { what: 'connected'; detail: { local: Endpoint; remote: Endpoint } }
  /** `code` is Node's word (`ECONNREFUSED`, `EHOSTUNREACH`) or `TIMEOUT` for the lab's own connect timeout. */
  | { what: 'connect-failed'; detail: { code: string; after: number } }
  | { what: 'accepted'; detail: { local: Endpoint; remote: Endpoint } }
  /** The forward proxy is asked to open the way (CONNECT), and what it says. */
  | { what: 'proxy-connect'; detail: { proxy: string; to: string; user: string | null } }
  | {
      what: 'proxy-answer'
      detail: { status: number; server: string | null; authenticate: string | null; error: string | null }
    }
  /** A proxy's word for whom it speaks (PROXY protocol), believed: `source` is the far end then. `by`: who sent it. */
  | {
      what: 'proxy-header'
      detail: {
        version: 1 | 2
        command: 'PROXY' | 'LOCAL'
        source: Endpoint | null
        destination: Endpoint | null
        tlvs: string[]
        by: Endpoint
      }
    }
  | { what: 'proxy-header-refused'; detail: { code: ProxyHeaderFault; reason: string } }
  | { what: 'first-bytes'; detail: { kind: 'tls' | 'plaintext' | 'proxy-header'; hex: string } }
  /** `random` is of every ClientHello another: by it both ends know whether TLS runs from one to the other. */
  | { what: 'client-hello'; detail: { sni: string | null; alpn: string[]; ja4: string; random: string } }
  | { what: 'client-hello-sent'; detail: { sni: string | null; alpn: string[]; random: string } }
  /** The initiator's own, which it shows to whoever ends TLS and asks for one. */
  | { what: 'client-certificate-offered'; detail: SeenCertificate }
  /** By the responder, where it asks for one; null: none came. `header`: passed on by a trusted proxy that ends TLS. */
  | {
      what: 'client-certificate-seen'
      detail: { by: 'tls' | 'header'; fingerprint: string | null; subject: string | null }
    }
  | { what: 'certificate-presented'; detail: SeenCertificate }
  | { what: 'certificate-seen'; detail: SeenCertificate }
  | { what: 'certificate-refused'; detail: { reason: string; code: string; fingerprint: string } }
  /** `resumed`: by the session of a connection before, without certificates. */
  | { what: 'secure'; detail: { protocol: string; cipher: string; alpn: string | null; resumed?: true } }
  | { what: 'tls-failed'; detail: { code: string; message: string; alert: string | null } }
  /** By a database: whom it does not let in, and its own words. */
  | { what: 'login-refused'; detail: { user: string; message: string } }
  | { what: 'request-sent'; detail: { nonce: string } }
  | { what: 'request-received'; detail: { nonce: string } }
  | { what: 'reply-sent'; detail: { nonce: string } }
  | { what: 'reply-received'; detail: { nonce: string } }
  /** At the initiator before it is sent, at the responder as it came. `headers` by lower-case name, values as digests. */
  | {
      what: 'http-request'
      detail: { method: string; path: string; host: string | null; version: string; headers: Record<string, string> }
    }
  /** Of the last such request on this connection, once all of it was there. */
  | { what: 'http-body'; detail: { bytes: number; digest: string } }
  /** Another answer than 101 to the wish for a WebSocket; `own`: with the nonce of the exercise. */
  | { what: 'upgrade-answer'; detail: { status: number; server: string | null; own: boolean } }
  /** An HTTP answer without the nonce that was asked with: no stand-in of the lab gave it. */
  | { what: 'foreign-answer'; detail: { asked: string; status: number; server: string | null } }
  /** A connection gateway passes these bytes on: `by` is its other connection. */
  | { what: 'carried'; detail: { to: string; by: string } }
  /** It does not, and resets who arrived (`server-away`, `limit`). */
  | { what: 'carry-refused'; detail: { code: string; reason: string } }
  /** A proxy of the Server (activation, KSN) passes a device's request on; what it meets there is told under the same nonce. */
  | { what: 'forwarding'; detail: { to: string } }
  | { what: 'forwarded'; detail: { to: string } }
  | { what: 'forward-failed'; detail: { to: string; code: string; reason: string } }
  /** The signal connection between Server and gateway, as this end holds it. */
  | { what: 'signal'; detail: { state: 'connecting' | 'established' | 'lost'; peer: string; reason?: string } }
  /** Both ends keep still from here on; and the first word of the other end after that. All in ms; `patience` is for each word. */
  | { what: 'holding'; detail: { span: number; patience: number } }
  | { what: 'held'; detail: { after: number } }
  | { what: 'transfer'; detail: { bytes: number; of: number | null; complete: boolean } }
  /** One transmission of a package to a multicast group, and what of it came by multicast: what is missing is asked for by TCP. */
  | { what: 'multicast-sent'; detail: { datagrams: number; bytes: number } }
  | { what: 'multicast-received'; detail: { pieces: number; missing: number } }
  /** A push service gives a notification to a device, and the device has it; by `id` the two belong together. */
  | { what: 'push-sent'; detail: { id: string; topic: string } }
  | { what: 'push-received'; detail: { id: string; topic: string } }
  | { what: 'datagram-refused'; detail: { reason: string; bytes: number } }
  | { what: 'message-refused'; detail: { code: string; message: string } }
  | { what: 'closed'; detail: { how: Ending; after: number; code?: string } }
  /** The exercise as its initiator ends it. */
  | { what: 'exercise-done'; detail: Record<never, never> }
  | { what: 'exercise-failed'; detail: { code: string; message: string } }
  | { what: 'exercise-skipped'; detail: { reason: string } }

/** A sight with its place and time. */
export type Observation = Sight & {
  /** Milliseconds since the epoch, from a clock that never steps back within one process. */
  t: number
  host: string
  end: End
  /** Names one connection or datagram socket of this host; the key that ties observations together. */
  connection: string
  /** The documented port: the target's at the initiator, the listener's at the responder; null for local exchange. */
  port: number | null
  transport: Transport
  /** The exercise this belongs to, where this end knows it. */
  nonce?: string
}

/**
 * Where a TLS handshake stands, as far as someone between the two ends can tell who sees record headers only.
 *
 *   TLS 1.2  client  Hello ............ KeyExchange CCS [Finished] | application data
 *            server  ..... Hello Cert Done .................. CCS [Finished] | application data
 *   TLS 1.3  client  Hello .................... (CCS) {Cert Verify Finished} | application data
 *            server  ..... Hello (CCS) {Extensions Cert Verify Finished} ... | tickets, application data
 *
 *   [ ] encrypted, still of record type handshake      { } encrypted, of record type application data
 */
import { RECORD, type TlsRecord } from './records.ts'

export type Side = 'client' | 'server'

export type Handshake =
  /** The first bytes were not TLS. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'tls'; readonly version: 'unknown'; readonly client: Progress; readonly server: Progress }
  | { readonly kind: 'tls'; readonly version: '1.2'; readonly client: Progress; readonly server: Progress }
  | Tls13

interface Tls13 {
  readonly kind: 'tls'
  readonly version: '1.3'
  /** Encrypted records of the client so far. */
  readonly sealed: number
  readonly finished: boolean
}

/** In TLS 1.2: before ChangeCipherSpec, between it and Finished, after Finished. */
type Progress = 'clear' | 'changed' | 'finished'

export const PLAIN: Handshake = { kind: 'plain' }
export const NOTHING_SEEN: Handshake = { kind: 'tls', version: 'unknown', client: 'clear', server: 'clear' }

export function follow(handshake: Handshake, from: Side, record: TlsRecord): Handshake {
  if (handshake.kind === 'plain') return handshake
  if (handshake.version === '1.3') return from === 'client' ? sealedRecord(handshake, record) : handshake
  if (handshake.version === 'unknown' && from === 'server') {
    const suite = chosenSuite(record)
    // TLS 1.3 has cipher suites of its own: 0x1301 to 0x1305 (RFC 8446 appendix B.4).
    if (suite !== null && suite >> 8 === 0x13) return { kind: 'tls', version: '1.3', sealed: 0, finished: false }
    if (suite !== null) return { ...handshake, version: '1.2' }
  }
  return { ...handshake, [from]: progress(handshake[from], record.type) }
}

/** Has the client said all that belongs to the handshake? */
export function clientFinished(handshake: Handshake): boolean {
  if (handshake.kind === 'plain') return true
  return handshake.version === '1.3' ? handshake.finished : handshake.client === 'finished'
}

/** Have both? In TLS 1.3 the client speaks last; in TLS 1.2 the server does, or, resuming a session, the client. */
export function bothFinished(handshake: Handshake): boolean {
  if (handshake.kind === 'plain' || handshake.version === '1.3') return clientFinished(handshake)
  return handshake.client === 'finished' && handshake.server === 'finished'
}

function progress(before: Progress, recordType: number): Progress {
  if (before === 'clear' && recordType === RECORD.changeCipherSpec) return 'changed'
  if (before === 'changed' && recordType === RECORD.handshake) return 'finished'
  return before
}

/**
 * Length of a TLS 1.3 record that holds Finished and nothing else: header 4, a SHA-256 or SHA-384 value, inner type 1,
 * AEAD tag 16. No other message of the client's flight is as long: an empty Certificate makes 25, CertificateVerify
 * 89 or more.
 */
const FINISHED_LENGTHS = [4 + 32 + 1 + 16, 4 + 48 + 1 + 16]
/** Certificate, CertificateVerify, Finished. Clients that pack all three into one record (BoringSSL) lose two records later. */
const LONGEST_FLIGHT = 3

function sealedRecord(handshake: Tls13, { type, body }: TlsRecord): Tls13 {
  if (type !== RECORD.applicationData || handshake.finished) return handshake
  const sealed = handshake.sealed + 1
  return { ...handshake, sealed, finished: sealed === LONGEST_FLIGHT || FINISHED_LENGTHS.includes(body.length) }
}

const SERVER_HELLO = 2

/** type(1)=2 length(3) version(2) random(32) session_id<0..32> cipher_suite(2): RFC 8446 section 4.1.3, the same in 1.2. */
function chosenSuite({ type, body }: TlsRecord): number | null {
  if (type !== RECORD.handshake || body[0] !== SERVER_HELLO) return null
  const at = 39 + (body[38] ?? 0)
  return body.length < at + 2 ? null : body.readUInt16BE(at)
}

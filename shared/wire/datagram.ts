/** Datagrams of docs/protocol.md section 4: `{body, proof}`, both bytes; what the proof is depends on the kind. Pure. */
import * as v from 'valibot'
import { explain } from './explain.ts'
import { decodeMap, encodeMap, FrameError, type WireMap } from './frame.ts'
import { Guid, Name, Nonce, Time } from './messages/fields.ts'

/** Every path carries this in one piece: the smallest usual MTU less the headers of IPv6 and UDP, rounded down. */
export const LONGEST_DATAGRAM = 1_400
/** How old, or how far ahead, the time in a datagram may be (assumed). */
export const FRESH_FOR = 60_000

const WakeUp = v.object({ kind: v.literal('wake-up'), target: Name, nonce: Nonce, at: Time })
const Query = v.object({ kind: v.literal('query'), from: Name, nonce: Nonce, at: Time })
const Presence = v.object({ kind: v.literal('presence'), from: Name, nonce: Nonce, at: Time })
const Shutdown = v.object({ kind: v.literal('shutdown'), agentId: Guid, nonce: Nonce, at: Time })

export type Notice =
  | v.InferOutput<typeof WakeUp>
  | v.InferOutput<typeof Query>
  | v.InferOutput<typeof Presence>
  | v.InferOutput<typeof Shutdown>

const schemas = {
  'wake-up': WakeUp,
  query: Query,
  presence: Presence,
  shutdown: Shutdown,
}

export type DatagramRefusal =
  | 'too-large'
  | 'truncated'
  | 'unknown-kind'
  | 'bad-body'
  | 'forged'
  | 'stale'
  | 'replayed'
  | 'wrong-target'
  | 'unknown-device'

export class DatagramError extends Error {
  override name = 'DatagramError'
  readonly code: DatagramRefusal
  constructor(code: DatagramRefusal, message: string) {
    super(message)
    this.code = code
  }
}

export interface SealedNotice {
  notice: Notice
  /** The signed or authenticated bytes, exactly as they came. */
  body: Buffer
  proof: Buffer
}

export const sealNotice = (notice: Notice, prove: Prove): Buffer => seal(notice, prove)

export type Prove = (body: Buffer) => Uint8Array

export function seal(map: WireMap, prove: Prove): Buffer {
  const body = encodeMap(map)
  return encodeMap({ body, proof: prove(body) })
}

/** The form that all datagrams share. */
export function unseal(bytes: Uint8Array): { map: WireMap; body: Buffer; proof: Buffer } {
  if (bytes.length > LONGEST_DATAGRAM)
    throw new DatagramError('too-large', `${bytes.length} bytes; at most ${LONGEST_DATAGRAM} are read`)
  const { body, proof } = decode(bytes)
  if (!Buffer.isBuffer(body) || !Buffer.isBuffer(proof))
    throw new DatagramError('truncated', 'the map has no bytes "body" and "proof"')
  return { map: decode(body), body, proof }
}

/** Reads a datagram without judging its proof; a DatagramError says what is wrong with its form. */
export function readNotice(bytes: Uint8Array): SealedNotice {
  const { map, body, proof } = unseal(bytes)
  const { kind } = map
  if (typeof kind !== 'string' || !Object.hasOwn(schemas, kind))
    throw new DatagramError('unknown-kind', `accepted kinds are ${Object.keys(schemas).join(', ')}`)
  const { issues } = v.safeParse(schemas[kind as Notice['kind']], map, { abortEarly: true })
  if (issues) throw new DatagramError('bad-body', explain(kind, issues))
  return { notice: map as Notice, body, proof }
}

function decode(bytes: Uint8Array) {
  try {
    return decodeMap(bytes)
  } catch (error) {
    if (error instanceof FrameError) throw new DatagramError('truncated', error.message)
    throw error
  }
}

/** Throws `stale` where the time in a notice is not about now. */
export function checkFresh(at: number, now: number): void {
  const age = Math.round((now - at) / 1_000)
  if (Math.abs(now - at) > FRESH_FOR)
    throw new DatagramError(
      'stale',
      `its time is ${Math.abs(age)} s ${age > 0 ? 'past' : 'ahead'}; at most ${FRESH_FOR / 1_000} s are accepted`,
    )
}

/** Remembers nonces for as long as a notice with them could still be fresh. */
export class ReplayGuard {
  readonly #seen = new Map<string, number>()

  /** Throws `replayed` for a nonce that was here before. */
  check(nonce: string, now: number): void {
    for (const [old, at] of this.#seen) {
      if (now - at <= 2 * FRESH_FOR) break
      this.#seen.delete(old)
    }
    if (this.#seen.has(nonce)) throw new DatagramError('replayed', `nonce ${nonce} was seen before`)
    this.#seen.set(nonce, now)
  }
}

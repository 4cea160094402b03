/** Time-based one-time passwords (RFC 6238, RFC 4226): SHA-1, 6 digits, 30 seconds, as authenticator apps have them. */
import { createHmac } from 'node:crypto'

/** ms */
const STEP = 30_000

/** Counts the steps since 1970. */
export const stepAt = (ms: number): number => Math.floor(ms / STEP)

export function totp(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0x0f
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, as apps take secrets; for lengths that need no padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map(five => ALPHABET[Number.parseInt(five, 2)]).join('')
}

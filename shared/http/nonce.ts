/** Carries the exercise's nonce in HTTP (docs/protocol.md section 5). */
export const NONCE_HEADER = 'x-ksc-lab-nonce'

export const isNonce = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 8 && value.length <= 64

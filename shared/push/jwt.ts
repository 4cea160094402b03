/**
 * JSON Web Tokens (RFC 7519) of the two kinds that push services take: whoever checks one names the algorithm and the key, so
 * that nothing of the token itself decides how it is checked.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'

export type JwtAlgorithm = 'ES256' | 'RS256'
type Claims = Readonly<Record<string, unknown>>
export interface Jwt {
  header: Claims
  claims: Claims
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** RFC 7518 section 3.4: the two numbers of an EC signature stand beside each other. */
const dsaEncoding = 'ieee-p1363'

export function signJwt(algorithm: JwtAlgorithm, key: string, header: Claims, claims: Claims): string {
  const said = `${encode({ ...header, alg: algorithm })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(said), { key: createPrivateKey(key), dsaEncoding })
  return `${said}.${signature.toString('base64url')}`
}

/** What it says, or null where it is no such token. Nothing of it is believed yet. */
export function readJwt(token: string): Jwt | null {
  const [header, claims, , ...more] = token.split('.')
  if (header === undefined || claims === undefined || more.length > 0) return null
  try {
    const parts = [header, claims].map(part => JSON.parse(Buffer.from(part, 'base64url').toString()))
    if (parts.some(part => typeof part !== 'object' || part === null || Array.isArray(part))) return null
    return { header: parts[0], claims: parts[1] }
  } catch {
    return null
  }
}

/** @param certificate PEM of a certificate, or of a public key */
export function isSignedBy(token: string, algorithm: JwtAlgorithm, certificate: string): boolean {
  const at = token.lastIndexOf('.')
  const key = createPublicKey(certificate)
  if (readJwt(token)?.header.alg !== algorithm || key.asymmetricKeyType !== (algorithm === 'ES256' ? 'ec' : 'rsa'))
    return false
  return verify(
    'sha256',
    Buffer.from(token.slice(0, at)),
    { key, dsaEncoding },
    Buffer.from(token.slice(at + 1), 'base64url'),
  )
}

/**
 * PKCS #12 (RFC 7292) with one key and its certificate, as a `com.apple.security.pkcs12` payload carries it. Encrypted with
 * SHA-1 and triple DES: every iOS takes it, while newer schemes are known to some only. The password travels in the same
 * profile, so that the cipher protects nothing anyway.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  randomBytes,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto'
import * as asn1 from 'asn1js'
import type { ServerIdentity } from '../net/host.ts'
import { child, explicit, integer, octets, octetsOf, oid, oidOf, parse, sequence, set } from './der.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const KEY_BAG = '1.2.840.113549.1.12.10.1.2'
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3'
const X509 = '1.2.840.113549.1.9.22.1'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
const SHA1 = '1.3.14.3.2.26'
/** pbeWithSHAAnd3-KeyTripleDES-CBC */
const PBE = '1.2.840.113549.1.12.1.3'
/** As OpenSSL has it. */
const ITERATIONS = 2_048
/** A hostile file may ask for any number of rounds. */
const MOST_ITERATIONS = 100_000

export function writePkcs12({ cert, key }: ServerIdentity, password: string): Buffer {
  const certificate = new X509Certificate(cert)
  const localKeyId = () =>
    set(sequence(oid(LOCAL_KEY_ID), set(octets(createHash('sha1').update(certificate.raw).digest()))))
  const certificates = sequence(
    sequence(
      oid(CERTIFICATE_BAG),
      explicit(0, sequence(oid(X509), explicit(0, octets(certificate.raw)))),
      localKeyId(),
    ),
  )
  const sealedCertificates = seal(der(certificates), password)
  const sealedKey = seal(createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }), password)
  const keys = sequence(
    sequence(oid(KEY_BAG), explicit(0, sequence(sealedKey.algorithm, octets(sealedKey.bytes))), localKeyId()),
  )
  const safe = der(
    sequence(
      sequence(
        oid(ENCRYPTED_DATA),
        explicit(
          0,
          sequence(
            integer(0),
            sequence(
              oid(DATA),
              sealedCertificates.algorithm,
              new asn1.Primitive({
                idBlock: { tagClass: 3, tagNumber: 0 },
                valueHex: arrayBuffer(sealedCertificates.bytes),
              }),
            ),
          ),
        ),
      ),
      sequence(oid(DATA), explicit(0, octets(der(keys)))),
    ),
  )
  const salt = randomBytes(8)
  const mac = sequence(
    sequence(sequence(oid(SHA1), new asn1.Null()), octets(macOf(safe, password, salt, ITERATIONS))),
    octets(salt),
    integer(ITERATIONS),
  )
  return der(sequence(integer(3), sequence(oid(DATA), explicit(0, octets(safe))), mac))
}

/** What `writePkcs12` wrote, as a device unpacks it. @throws Error for a wrong password and for anything else */
export function readPkcs12(bytes: Uint8Array, password: string): ServerIdentity {
  const [, authSafe, mac] = child(parse(bytes))
  const safe = octetsOf(child(child(authSafe)[1])[0])
  const [digest, salt, iterations] = child(mac)
  const expected = octetsOf(child(digest)[1])
  const found = macOf(safe, password, octetsOf(salt), countOf(iterations))
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw new Error('the password is wrong')
  let key: string | undefined
  let cert: string | undefined
  for (const info of child(parse(safe))) {
    const [type, content] = child(info)
    const inner = child(content)[0]
    for (const bag of child(parse(oidOf(type) === DATA ? octetsOf(inner) : opened(child(inner)[1], password)))) {
      const [kind, wrapped] = child(bag)
      const value = child(wrapped)[0]
      if (oidOf(kind) === KEY_BAG) key = pem(opened(value, password, 0))
      if (oidOf(kind) === CERTIFICATE_BAG) cert = new X509Certificate(octetsOf(child(child(value)[1])[0])).toString()
    }
  }
  if (key === undefined || cert === undefined) throw new Error('a key and its certificate are expected')
  return { cert, key }
}

const pem = (pkcs8: Buffer): string =>
  createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString()

const der = (block: asn1.BaseBlock): Buffer => Buffer.from(block.toBER())
const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

function seal(plain: Buffer, password: string): { algorithm: asn1.Sequence; bytes: Buffer } {
  const salt = randomBytes(8)
  const cipher = createCipheriv(
    'des-ede3-cbc',
    derive(1, 24, password, salt, ITERATIONS),
    derive(2, 8, password, salt, ITERATIONS),
  )
  return {
    algorithm: sequence(oid(PBE), sequence(octets(salt), integer(ITERATIONS))),
    bytes: Buffer.concat([cipher.update(plain), cipher.final()]),
  }
}

/** @param at where the algorithm stands; the ciphertext follows it */
function opened(sealed: asn1.BaseBlock | undefined, password: string, at = 1): Buffer {
  const parts = child(sealed)
  const [scheme, parameters] = child(parts[at])
  if (oidOf(scheme) !== PBE) throw new Error(`the encryption ${oidOf(scheme)} is not known here`)
  const [saltBlock, count] = child(parameters)
  const [salt, rounds] = [octetsOf(saltBlock), countOf(count)]
  const decipher = createDecipheriv(
    'des-ede3-cbc',
    derive(1, 24, password, salt, rounds),
    derive(2, 8, password, salt, rounds),
  )
  return Buffer.concat([decipher.update(octetsOf(parts[at + 1])), decipher.final()])
}

function countOf(block: asn1.BaseBlock | undefined): number {
  const count = block instanceof asn1.Integer ? block.valueBlock.valueDec : 1
  if (count < 1 || count > MOST_ITERATIONS) throw new Error(`${count} iterations`)
  return count
}

const macOf = (safe: Uint8Array, password: string, salt: Uint8Array, iterations: number): Buffer =>
  createHmac('sha1', derive(3, 20, password, salt, iterations))
    .update(safe)
    .digest()

/** RFC 7292 appendix B.2 with SHA-1: 20 bytes a round, blocks of 64. @param id 1 key, 2 initialisation vector, 3 MAC */
function derive(id: number, length: number, password: string, salt: Uint8Array, iterations: number): Buffer {
  const block = 64
  const repeated = (bytes: Uint8Array) =>
    bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes)
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const input = Buffer.concat([repeated(salt), repeated(text)])
  const diversifier = Buffer.alloc(block, id)
  const out: Buffer[] = []
  for (let have = 0; have < length; have += 20) {
    let round = createHash('sha1').update(diversifier).update(input).digest()
    for (let count = 1; count < iterations; count++) round = createHash('sha1').update(round).digest()
    out.push(round)
    const addend = Buffer.alloc(block, round)
    for (let at = 0; at < input.length; at += block) {
      let carry = 1
      for (let byte = block - 1; byte >= 0; byte--) {
        const sum = (input[at + byte] as number) + (addend[byte] as number) + carry
        input[at + byte] = sum & 0xff
        carry = sum >> 8
      }
    }
  }
  return Buffer.concat(out).subarray(0, length)
}

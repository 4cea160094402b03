import { createPrivateKey } from 'node:crypto'
import { generate } from 'selfsigned'
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { Subject } from '../make/certificate.ts'

export interface Stranger {
  commonName?: string
  subject: Subject
  issuer?: ServerIdentity | undefined
  notBefore?: Date
  notAfter?: Date
  usage?: 'serverAuth' | 'clientAuth'
  hash?: 'sha256' | 'sha1'
}

/** A throw-away certificate. `selfsigned` writes no key identifiers, which is fine for what is meant to be refused. */
export async function stranger({
  commonName,
  subject,
  issuer,
  notBefore,
  notAfter,
  usage = 'serverAuth',
  hash = 'sha256',
}: Stranger): Promise<ServerIdentity> {
  const made = await generate([{ name: 'commonName', value: commonName ?? subject.dns[0] ?? 'localhost' }], {
    // The library signs with this kind, so it must be the issuer's.
    keyType: issuer && createPrivateKey(issuer.key).asymmetricKeyType === 'rsa' ? 'rsa' : 'ec',
    // The library's own default is SHA-1.
    algorithm: hash,
    ...(issuer ? { ca: issuer } : {}),
    ...(notBefore ? { notBeforeDate: notBefore } : {}),
    ...(notAfter ? { notAfterDate: notAfter } : {}),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', [usage]: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...subject.dns.map(value => ({ type: 2 as const, value })),
          ...subject.ip.map(ip => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}

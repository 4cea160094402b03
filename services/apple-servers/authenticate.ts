/** Who the provider is: by its certificate, or by a token that its key has signed. */
import { X509Certificate } from 'node:crypto'
import type { H2Request } from '../../shared/http/h2.ts'
import type { Connection } from '../../shared/net/host.ts'
import { KEY_ID, TEAM } from '../../shared/push/apple.ts'
import { isSignedBy, readJwt } from '../../shared/push/jwt.ts'
import { ApnsRefusal } from './refusal.ts'

/** Extension 1.2.840.113635.100.6.3.2, the production environment, as it stands in the DER. */
const PRODUCTION = Buffer.from('060a2a864886f76364060302', 'hex')
/** ms: a token is renewed not less often ("Establishing a token-based connection to APNs"), */
const TOKEN_LIFE = 60 * 60_000
/** and not more often. */
const TOKEN_REST = 20 * 60_000
/** Of two clocks (assumed). */
const CLOCK_SLACK = 60_000

export interface Provider {
  by: 'certificate' | 'token'
  /** Of a certificate; a team's token speaks for all of its applications. */
  topic: string | null
}

export class Authentication {
  readonly #authority: X509Certificate
  /** PEM of the certificate that holds the provider's public key. */
  readonly #key: string
  /** The token of each connection, and since when. */
  readonly #tokens = new WeakMap<Connection, { token: string; since: number }>()

  constructor(authority: string, key: string) {
    this.#authority = new X509Certificate(authority)
    this.#key = key
  }

  /** @throws ApnsRefusal 403, 429 */
  providerOf({ headers, connection }: H2Request, now = Date.now()): Provider {
    const given = headers.authorization
    if (connection.certificate !== null && given === undefined)
      return { by: 'certificate', topic: this.#topicOf(connection.certificate.raw, now) }
    if (given === undefined) throw new ApnsRefusal('MissingProviderToken')
    const [, token] = /^bearer (\S+)$/i.exec(given) ?? []
    this.#check(token ?? '', now)
    const former = this.#tokens.get(connection)
    if (former && former.token !== token && now - former.since < TOKEN_REST)
      throw new ApnsRefusal('TooManyProviderTokenUpdates')
    if (former?.token !== token) this.#tokens.set(connection, { token: token ?? '', since: now })
    return { by: 'token', topic: null }
  }

  #topicOf(der: Uint8Array, now: number): string {
    const certificate = new X509Certificate(der)
    const begun = certificate.validFromDate.getTime() <= now && now < certificate.validToDate.getTime()
    if (!begun || !certificate.checkIssued(this.#authority) || !certificate.verify(this.#authority.publicKey))
      throw new ApnsRefusal('BadCertificate')
    const topic = /^UID=(.+)$/m.exec(certificate.subject)?.[1]
    if (topic === undefined) throw new ApnsRefusal('BadCertificate')
    if (!certificate.raw.includes(PRODUCTION)) throw new ApnsRefusal('BadCertificateEnvironment')
    return topic
  }

  #check(token: string, now: number): void {
    const { header, claims } = readJwt(token) ?? {}
    if (!header || !claims || claims.iss !== TEAM || typeof claims.iat !== 'number')
      throw new ApnsRefusal('InvalidProviderToken')
    if (header.kid !== KEY_ID) throw new ApnsRefusal('UnrelatedKeyIdInToken')
    const age = now - claims.iat * 1_000
    if (!isSignedBy(token, 'ES256', this.#key) || age < -CLOCK_SLACK) throw new ApnsRefusal('InvalidProviderToken')
    if (age > TOKEN_LIFE) throw new ApnsRefusal('ExpiredProviderToken')
  }
}

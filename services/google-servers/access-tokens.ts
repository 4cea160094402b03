/** OAuth 2 tokens for service accounts: the JWT bearer grant (RFC 7523; developers.google.com, "Server to server"). */
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { GRANT, SCOPE, type ServiceAccount } from '../../shared/push/google.ts'
import { isSignedBy, readJwt } from '../../shared/push/jwt.ts'

/** s */
const LIFE = 3_600
/** s: clocks of two machines differ (assumed). */
const CLOCK_SLACK = 60
const MOST_OUTSTANDING = 10_000
const SCOPES = [SCOPE, 'https://www.googleapis.com/auth/cloud-platform']

const Claims = v.object({
  iss: v.string(),
  aud: v.string(),
  scope: v.string(),
  iat: v.number(),
  exp: v.number(),
})

/** An answer with 400 in OAuth's words. */
export class OAuthFault extends Error {
  override name = 'OAuthFault'
  readonly error: string

  constructor(error: string, description: string) {
    super(description)
    this.error = error
  }
}

export class AccessTokens {
  readonly #account: ServiceAccount
  /** PEM of the certificate that holds the account's public key. */
  readonly #certificate: string
  /** Until when, in ms since the epoch. */
  readonly #issued = new Map<string, number>()

  constructor(account: ServiceAccount, certificate: string) {
    this.#account = account
    this.#certificate = certificate
  }

  /** @throws OAuthFault */
  grant(form: URLSearchParams, now = Date.now()): { access_token: string; expires_in: number; token_type: 'Bearer' } {
    const grant = form.get('grant_type')
    if (grant !== GRANT)
      throw new OAuthFault('unsupported_grant_type', `Invalid grant_type: ${grant ?? 'none'}; ${GRANT} is served`)
    this.#check(form.get('assertion') ?? '', now / 1_000)
    for (const [token, until] of this.#issued)
      if (until < now || this.#issued.size >= MOST_OUTSTANDING) this.#issued.delete(token)
    const token = `ya29.${randomBytes(48).toString('base64url')}`
    this.#issued.set(token, now + LIFE * 1_000)
    return { access_token: token, expires_in: LIFE - 1, token_type: 'Bearer' }
  }

  accepts(authorization: string | undefined, now = Date.now()): boolean {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
    return (this.#issued.get(token) ?? 0) > now
  }

  #check(assertion: string, now: number): void {
    const fail: (description: string, error?: string) => never = (description, error = 'invalid_grant') => {
      throw new OAuthFault(error, description)
    }
    const { success, output } = v.safeParse(Claims, readJwt(assertion)?.claims)
    const { iss, aud, scope, iat, exp } = success
      ? output
      : fail('Invalid JWT: iss, aud, scope, iat and exp are expected')
    if (iss !== this.#account.client_email) fail('Invalid grant: account not found')
    if (!isSignedBy(assertion, 'RS256', this.#certificate)) fail('Invalid JWT Signature.')
    if (aud !== this.#account.token_uri) fail(`Invalid JWT: aud must be ${this.#account.token_uri}`)
    if (exp <= now - CLOCK_SLACK || iat > now + CLOCK_SLACK || exp - iat > LIFE + CLOCK_SLACK)
      fail(
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values',
      )
    if (!scope.split(' ').some(one => SCOPES.includes(one)))
      fail(`${scope} is not a valid audience string or scope; ${SCOPES[0]} is expected`, 'invalid_scope')
  }
}

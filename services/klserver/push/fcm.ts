/** FCM for Android devices (arrow 10): the private key of a service account, and the HTTP v1 API. */
import { type ForwardProxy, forwardProxyOf } from '../../../shared/config/forward-proxy.ts'
import { dnsName, hostsWithRole } from '../../../shared/config/topology.ts'
import { type HttpClient, httpClient } from '../../../shared/http/client.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Host } from '../../../shared/net/host.ts'
import { throughProxy } from '../../../shared/net/through-proxy.ts'
import { GRANT, SCOPE, type ServiceAccount, serviceAccount } from '../../../shared/push/google.ts'
import { signJwt } from '../../../shared/push/jwt.ts'
import type { Credentials, ExerciseTask, ServiceContext } from '../../../shared/service.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'

/** s of an assertion's life, the most that Google takes. */
const ASSERTED_FOR = 3_600
/** ms: an access token is renewed before it ends. */
const RENEWED_BEFORE = 60_000
const JSON_TYPE = { 'content-type': 'application/json' }

/** FCM has answered, and not with 200. `errorCode` is FCM's own word, or the API's. */
export class FcmAnswer extends NetError {
  override name = 'FcmAnswer'
  readonly status: number
  readonly errorCode: string

  constructor(status: number, errorCode: string, message: string) {
    super('FCM', `FCM answered ${status} ${errorCode}: ${message}`)
    this.status = status
    this.errorCode = errorCode
  }
}

interface Way {
  host: Host
  servername: string
  timeout: number
  signal?: AbortSignal
  nonce?: string
}

interface FcmParts {
  host: Host
  to: string
  servername: string
  credentials: Credentials
  proxy: ForwardProxy | null
  account: ServiceAccount
  timeout: number
}

export class Fcm {
  readonly #parts: FcmParts
  readonly #stopping = new AbortController()
  #access: { token: string; until: number } | null = null

  constructor(parts: FcmParts) {
    this.#parts = parts
  }

  /** Wakes one device. @throws FcmAnswer, NetError */
  async wake(token: string, data: Record<string, string>): Promise<void> {
    const { host, servername, timeout } = this.#parts
    const signal = this.#stopping.signal
    await this.#with({ host, servername, timeout, signal }, way => this.#send(way, messageFor(token, data)))
  }

  /** Arrow 10: a token, and a message for a phone of this Server; where it has none, one that is only looked at. */
  async exercise(
    host: Host,
    { servername, timeout, signal, nonce }: ExerciseTask,
    phone: string | undefined,
  ): Promise<void> {
    this.#access = null
    await this.#with({ host, servername, timeout, signal, nonce }, async way => {
      try {
        const message = messageFor(phone ?? NOBODY, { wake: nonce })
        await this.#send(way, phone === undefined ? { ...message, validate_only: true } : message)
      } catch (error) {
        // Of a token that it does not know, or not any more: the way is as it should be.
        if (!(error instanceof FcmAnswer && error.errorCode === 'UNREGISTERED')) throw error
      }
    })
  }

  stop(): void {
    this.#stopping.abort(new NetError('STOPPING', 'the service is being stopped'))
  }

  async #with(
    { host, servername, timeout, signal, nonce }: Way,
    work: (way: { client: HttpClient; nonce: string | undefined }) => Promise<void>,
  ): Promise<void> {
    const { to, proxy, credentials } = this.#parts
    const client = httpClient(
      throughProxy(host, proxy),
      { host: to, port: 443 },
      {
        tls: { servername, ca: [credentials.authority('internet-ca')], rule: issuedByAuthority, alpn: ['http/1.1'] },
        timeout,
        ...(signal ? { signal } : {}),
      },
    )
    try {
      await work({ client, nonce })
    } finally {
      await client.close()
    }
  }

  async #send({ client, nonce }: { client: HttpClient; nonce: string | undefined }, message: object): Promise<void> {
    const { project_id: project } = this.#parts.account
    const send = async () =>
      client.request({
        method: 'POST',
        path: `/v1/projects/${project}/messages:send`,
        headers: { ...JSON_TYPE, authorization: `Bearer ${await this.#accessToken(client, nonce)}` },
        body: JSON.stringify(message),
        ...(nonce === undefined ? {} : { nonce }),
      })
    let answer = await send()
    if (answer.status === 401) {
      // Revoked before its time: another one, once.
      this.#access = null
      answer = await send()
    }
    if (answer.status !== 200) throw faultIn(answer.status, answer.body.toString())
  }

  async #accessToken(client: HttpClient, nonce: string | undefined): Promise<string> {
    if (this.#access && this.#access.until > Date.now() + RENEWED_BEFORE) return this.#access.token
    const { client_email: iss, token_uri: aud, private_key: key, private_key_id: kid } = this.#parts.account
    const iat = Math.floor(Date.now() / 1_000)
    const assertion = signJwt(
      'RS256',
      key,
      { kid, typ: 'JWT' },
      { iss, aud, scope: SCOPE, iat, exp: iat + ASSERTED_FOR },
    )
    const answer = await client.request({
      method: 'POST',
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
      ...(nonce === undefined ? {} : { nonce }),
    })
    if (answer.status !== 200) throw faultIn(answer.status, answer.body.toString())
    const { access_token: token, expires_in: life } = JSON.parse(answer.body.toString()) as {
      access_token: string
      expires_in: number
    }
    this.#access = { token, until: Date.now() + life * 1_000 }
    return token
  }
}

/** Well formed, and nobody's. */
const NOBODY = `${'0'.repeat(22)}:APA91b${'0'.repeat(134)}`

const messageFor = (token: string, data: Record<string, string>) => ({
  message: { token, data, android: { priority: 'high', ttl: '86400s', collapse_key: 'wake' } },
})

function faultIn(status: number, body: string): FcmAnswer {
  try {
    const { error, error_description: description } = JSON.parse(body)
    if (typeof error === 'string') return new FcmAnswer(status, error, String(description))
    return new FcmAnswer(status, String(error.details?.[0]?.errorCode ?? error.status), String(error.message))
  } catch {
    return new FcmAnswer(status, 'no JSON', body.slice(0, 100))
  }
}

/** Null where the lab has no Google servers. */
export function openFcm(context: Pick<ServiceContext, 'host' | 'credentials' | 'settings' | 'topology'>): Fcm | null {
  const { host, credentials, settings, topology } = context
  const [google] = hostsWithRole(topology, 'google-servers')
  if (!google) return null
  return new Fcm({
    ...{ host, credentials, to: google.name, servername: dnsName(google), proxy: forwardProxyOf(context) },
    account: serviceAccount(credentials.identity('google-account')),
    timeout: settings.connectTimeout,
  })
}

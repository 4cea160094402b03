/**
 * The provider's end of APNs (arrow 12). Not by @parse/node-apn, which opens its own sockets: what is dialled here goes through the
 * Host, or there would be no evidence of it, no forward proxy and no box of the user's on the way.
 */
import { randomUUID } from 'node:crypto'
import { type ForwardProxy, forwardProxyOf } from '../../../shared/config/forward-proxy.ts'
import { dnsName, hostsWithRole } from '../../../shared/config/topology.ts'
import type { HttpAnswer } from '../../../shared/http/client.ts'
import { H2Client } from '../../../shared/http/h2.ts'
import type { PushNotice } from '../../../shared/mdm/protocol.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Host } from '../../../shared/net/host.ts'
import { throughProxy } from '../../../shared/net/through-proxy.ts'
import { PROVIDER_PORTS } from '../../../shared/push/apple.ts'
import type { Credentials, ServiceContext } from '../../../shared/service.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'

/** ms for an answer; the longest pause is that of its retries (assumed). */
const ANSWER_WITHIN = 10_000

/** APNs has answered, and not with 200. `timestamp` is of Unregistered. */
export class ApnsAnswer extends NetError {
  override name = 'ApnsAnswer'
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string) {
    super('APNS', `APNs answered ${status} ${reason}`)
    this.status = status
    this.reason = reason
  }
}

interface ApnsParts {
  host: Host
  credentials: Credentials
  proxy: ForwardProxy | null
  to: string
  servername: string
  /** ms for each step of a dial. */
  timeout: number
  onPort: (port: number, first: number) => void
}

export interface Way {
  host: Host
  port: number
  servername: string
  timeout: number
  signal?: AbortSignal
}

export class Apns {
  readonly #parts: ApnsParts
  readonly #stopping = new AbortController()
  #kept: Promise<H2Client> | null = null

  constructor(parts: ApnsParts) {
    this.#parts = parts
  }

  /** By the kept connection, or by a new one where that is not to be had any more. */
  readonly send = async (notice: PushNotice): Promise<void> => {
    const client = await this.#client()
    checkAnswer(await client.request(requestFor(notice, randomUUID(), ANSWER_WITHIN)))
  }

  /** A connection of its own. */
  async open({ host, port, servername, timeout, signal }: Way): Promise<H2Client> {
    const { credentials, proxy, to } = this.#parts
    const connection = await throughProxy(host, proxy).dial(
      { host: to, port },
      {
        tls: {
          servername,
          ca: [credentials.authority('internet-ca')],
          rule: issuedByAuthority,
          alpn: ['h2'],
          identity: credentials.identity('apple-push'),
        },
        timeout,
        ...(signal ? { signal } : {}),
      },
    )
    return new H2Client(connection, servername)
  }

  stop(): void {
    this.#stopping.abort(new NetError('STOPPING', 'the service is being stopped'))
    void this.#kept?.then(client => client.close()).catch(() => {})
  }

  async #client(): Promise<H2Client> {
    const kept = await this.#kept?.catch(() => null)
    if (kept?.open) return kept
    kept?.close()
    this.#kept = this.#dial()
    return this.#kept
  }

  /** 443, and 2197 where that does not pass. */
  async #dial(): Promise<H2Client> {
    const { host, servername, timeout, onPort } = this.#parts
    let failure: unknown
    for (const port of PROVIDER_PORTS) {
      try {
        const client = await this.open({ host, port, servername, timeout, signal: this.#stopping.signal })
        onPort(port, PROVIDER_PORTS[0])
        return client
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

export const requestFor = ({ token, topic, magic }: Omit<PushNotice, 'udid'>, id: string, timeout: number) => ({
  method: 'POST',
  path: `/3/device/${Buffer.from(token).toString('hex')}`,
  headers: { 'apns-topic': topic, 'apns-push-type': 'mdm', 'apns-id': id },
  body: JSON.stringify({ mdm: magic }),
  timeout,
})

/** @throws ApnsAnswer */
export function checkAnswer({ status, body }: HttpAnswer): void {
  if (status === 200) return
  let reason = ''
  try {
    reason = String((JSON.parse(body.toString()) as { reason?: unknown }).reason)
  } catch {}
  throw new ApnsAnswer(status, reason || body.toString('utf8', 0, 100))
}

/** Null where the lab has no Apple servers. A proxy is the one of the Server (Kaspersky has keys of their own for it, ApnProxyHost). */
export function openApns(context: ServiceContext): Apns | null {
  const { host, credentials, settings, topology, log } = context
  const [apple] = hostsWithRole(topology, 'apple-servers')
  if (!apple) return null
  return new Apns({
    ...{ host, credentials, proxy: forwardProxyOf(context), to: apple.name, servername: dnsName(apple) },
    timeout: settings.connectTimeout,
    onPort(port, first) {
      if (port !== first) log.warn({ port }, `APNs answers by ${port}; ${first} does not pass`)
    },
  })
}

import { forwardProxyOf } from '../config/forward-proxy.ts'
import { dnsName, hostNamed, hostsWithRole } from '../config/topology.ts'
import type { Sight } from '../journal/observation.ts'
import { NetError } from '../net/errors.ts'
import { throughProxy } from '../net/through-proxy.ts'
import type { ServiceContext } from '../service.ts'
import { kasperskyClient, postJson } from './client.ts'

/** ms for each step towards Kaspersky; shorter than the patience of whoever asked (3 s in `verify`), so that the refusal still comes (assumed). */
export const PATIENCE = 2_000

/** What a device is told where its proxy got the request and could not pass it on. */
const UNREACHABLE = 'kaspersky-unreachable'

interface Asked {
  path: string
  body: object
  nonce: string
  /** Of the device's connection: what is done with its request is part of its evidence. */
  observe(sight: Sight): void
}

/** Passes devices' requests on to the Kaspersky servers, by the Server's forward proxy where it has one (arrow 8). */
export class KasperskyForward {
  readonly #context: ServiceContext
  readonly #proxy: ReturnType<typeof forwardProxyOf>
  readonly #stopping = new AbortController()

  constructor(context: ServiceContext) {
    this.#context = context
    this.#proxy = forwardProxyOf(context)
  }

  /** @throws NetError `kaspersky-unreachable`, in words for the device */
  async ask({ path, body, nonce, observe }: Asked): Promise<{ answer: unknown; forwardedTo: string }> {
    const { host, topology, credentials } = this.#context
    const kaspersky = hostNamed(topology, hostsWithRole(topology, 'kaspersky-servers')[0]?.name)
    if (!kaspersky)
      throw new NetError(UNREACHABLE, `${host.name} has your request, and this lab has no Kaspersky servers`)
    const to = { host: kaspersky.name, port: 443 }
    const place = `${to.host}:${to.port}`
    observe({ what: 'forwarding', detail: { to: place } })
    const client = kasperskyClient({
      host: throughProxy(host.during({ nonce, timeout: PATIENCE }), this.#proxy),
      ...{ credentials, to, servername: dnsName(kaspersky), timeout: PATIENCE, signal: this.#stopping.signal },
    })
    try {
      const answer = await postJson(client, path, body, nonce)
      observe({ what: 'forwarded', detail: { to: place } })
      return { answer, forwardedTo: to.host }
    } catch (cause) {
      const { code = 'UNKNOWN', message } = cause as Error & { code?: string }
      observe({ what: 'forward-failed', detail: { to: place, code, reason: message } })
      const words = `${host.name} has your request and could not pass it on to Kaspersky (${place}): ${message}`
      throw new NetError(UNREACHABLE, words, { cause })
    } finally {
      await client.close()
    }
  }

  stop(): void {
    this.#stopping.abort(new NetError('STOPPING', 'the service is being stopped'))
  }
}

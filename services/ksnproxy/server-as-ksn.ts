import type { TopologyHost } from '../../shared/config/topology.ts'
import { PATIENCE } from '../../shared/kaspersky/forward.ts'
import { askReputation } from '../../shared/ksn/ask-reputation.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { ServiceContext } from '../../shared/service.ts'
import type { Ksn } from './proxy.ts'

/** "Use the Server's KSN proxy as KSN" (KSCAPI a00253, KSNPROXY_USE_MASTER_KSNPROXY_AS_KSN): 13111 of the Server above. */
export class ServerAsKsn implements Ksn {
  readonly #context: ServiceContext
  readonly #server: TopologyHost
  readonly #stopping = new AbortController()

  constructor(context: ServiceContext, server: TopologyHost) {
    this.#context = context
    this.#server = server
  }

  async ask({ sha256, nonce, observe }: Parameters<Ksn['ask']>[0]): ReturnType<Ksn['ask']> {
    const { host, settings } = this.#context
    const to = { host: this.#server.name, port: 13111 }
    const place = `${to.host}:${to.port}`
    observe({ what: 'forwarding', detail: { to: place } })
    try {
      const view = host.during({ nonce, timeout: PATIENCE })
      const asked = { nonce, to, timeout: PATIENCE, signal: this.#stopping.signal }
      const answer = await askReputation(view, { ...asked, version: settings.kscVersion, sha256 })
      observe({ what: 'forwarded', detail: { to: place } })
      return { answer, forwardedTo: to.host }
    } catch (cause) {
      const { code = 'UNKNOWN', message } = cause as Error & { code?: string }
      observe({ what: 'forward-failed', detail: { to: place, code, reason: message } })
      const words = `${host.name} has your request and got no answer from the KSN proxy of ${place}: ${message}`
      throw new NetError('ksn-unreachable', words, { cause })
    }
  }

  stop(): void {
    this.#stopping.abort(new NetError('STOPPING', 'the KSN proxy is being stopped'))
  }
}

/** The tunnel utility: asks the Server for a way to a port of a device. */

import { serverOf } from '../../shared/config/topology.ts'
import { connectThrough } from '../../shared/http/connect-through.ts'
import { Session } from '../../shared/net/session.ts'
import { type Service, Skipped, type StartService } from '../../shared/service.ts'
import { pinned } from '../../shared/tls/rules.ts'
import { describePem } from '../../shared/tls/seen.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'

/** Where a Network Agent answers at its own end of a tunnel. */
const AGENT_PORT = 15000

export const start: StartService = async ({ topology, credentials, settings }): Promise<Service> => {
  const pins = ['common', 'common-reserve'].map(use => describePem(credentials.identity(use).cert).fingerprint)
  return {
    exercises: {
      async 'x-klsctunnel'(host, { nonce, to, servername, timeout, signal }) {
        const device = topology.hosts.find(one => one.keepConnection && serverOf(topology, one)?.name === to.host)
        if (!device) throw new Skipped('no device of this lab keeps a continuous connection (keepConnection)')
        const tls = { servername, rule: pinned(() => pins) }
        const connection = await host.dial(to, { tls, timeout, signal })
        await connectThrough(connection, `${device.name}:${AGENT_PORT}`, {
          nonce,
          login: credentials.administrator,
          timeout,
        })
        const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
        try {
          const { kscVersion: version } = settings
          await session.greet({
            type: 'hello',
            protocol: 1,
            role: 'local-application',
            host: host.name,
            version,
            nonce,
          })
          await session.request<Messages['status-request']>({ type: 'status-request', nonce })
        } finally {
          await session.close()
        }
      },
    },
    stop: async () => {},
  }
}

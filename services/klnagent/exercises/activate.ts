import { Session } from '../../../shared/net/session.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'

/** Arrow 5: an activation request to the activation proxy on 17000. */
export const activate =
  (agent: Agent): Exercise =>
  async (host, { nonce, to, timeout }) => {
    const connection = await host.dial(to, { tls: agent.trustWithoutLearning, timeout })
    const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
    try {
      const { name } = agent.host
      await session.greet({
        type: 'hello',
        protocol: 1,
        role: 'activation-client',
        host: name,
        version: agent.settings.kscVersion,
        nonce,
      })
      await session.request<Messages['activate']>({ type: 'activate', nonce, product: 'Kaspersky Endpoint Security' })
    } finally {
      await session.close()
    }
  }

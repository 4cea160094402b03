import { Session } from '../../../shared/net/session.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'

/** Arrow 7: an application of this device asks its Network Agent. */
export const askLocally =
  (agent: Agent): Exercise =>
  async (host, { nonce, timeout }) => {
    const session = new Session(await host.dialLocal('klnagent', timeout), {
      readTimeout: timeout,
      onMessage: () => {},
    })
    try {
      const { name } = agent.host
      await session.greet({
        type: 'hello',
        protocol: 1,
        role: 'local-application',
        host: name,
        version: agent.settings.kscVersion,
        nonce,
      })
      await session.request<Messages['status-request']>({ type: 'status-request', nonce })
    } finally {
      await session.close()
    }
  }

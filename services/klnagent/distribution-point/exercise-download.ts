import { NetError } from '../../../shared/net/errors.ts'
import { Session } from '../../../shared/net/session.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'
import { download } from './download.ts'
import { pointTrust } from './trust.ts'

/** x-dp-agents: a device has its package from the distribution point of its zone. */
export const downloadFromPoint =
  (agent: Agent): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    await agent.meetServer(timeout)
    const connection = await host.dial(to, { tls: pointTrust(agent.memory, servername), timeout, signal })
    const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
    try {
      await session.greet(agent.hello('distribution-client', nonce))
      const { packages } = await session.request<Messages['list-packages']>({ type: 'list-packages', nonce })
      const [wanted] = packages
      if (!wanted) throw new NetError('NO_PACKAGE', `the distribution point ${to.host} has no package`)
      await download(session, wanted)
    } finally {
      await session.close()
    }
  }

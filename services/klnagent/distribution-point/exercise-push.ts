import { holdStill } from '../../../shared/net/hold-still.ts'
import { Session } from '../../../shared/net/session.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'
import { pointTrust } from './trust.ts'

/** x-dp-push: the way to the push server, and a sign of life on it. The connection that the device keeps goes on beside it. */
export const reachPushServer =
  (agent: Agent): Exercise =>
  async (host, task) => {
    const { nonce, to, servername, timeout, signal } = task
    await agent.meetServer(timeout)
    const connection = await host.dial(to, { tls: pointTrust(agent.memory, servername), timeout, signal })
    const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
    try {
      await session.greet(agent.hello('push-client', nonce))
      await session.request<Messages['ping']>({ type: 'ping', nonce })
      await holdStill(session, task)
    } finally {
      await session.close()
    }
  }

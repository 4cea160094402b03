/** The device's end of a tunnel (topic 92537): asked for on its continuous connection, carried to a port of its own. */
import { carry } from '../../../shared/net/carry.ts'
import type { Connection } from '../../../shared/net/host.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'

/** The agent's own number, on which nothing else answers by TCP: there a tunnel finds the local exchange (arrow 7). */
export const OWN_PORT = 15000

export async function openTunnel(agent: Agent, { tunnel, port }: Messages['tunnel'], asked: Session): Promise<void> {
  const timeout = agent.settings.connectTimeout
  let own: Connection | null = null
  try {
    own = await (port === OWN_PORT
      ? agent.host.dialLocal('klnagent', timeout)
      : agent.host.dial({ host: agent.host.name, port }, { timeout }))
    const toServer = await agent.dialBack(tunnel)
    await carry(own, toServer)
  } catch (error) {
    own?.close('reset')
    asked.send({ type: 'decline', invitation: tunnel, reason: (error as Error).message.slice(0, 1_024) })
  }
}

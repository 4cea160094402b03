import { createHmac } from 'node:crypto'
import type { Host } from '../../shared/net/host.ts'
import { sealNotice } from '../../shared/wire/datagram.ts'
import type { Agent } from './agent.ts'

/** Long enough for "port unreachable" to come back on a LAN; the notice itself is never answered. */
const HEAR_REFUSAL = 150

/** UDP 13000: "this device is being turned off" (help topic 3320). Rejects only where the port is refused. */
export async function sendShutdownNotice(agent: Agent, nonce: string, host: Host = agent.host): Promise<void> {
  // Before its first synchronisation the agent has no key; the Server writes such a notice down and does not obey it.
  const key = agent.memory.noticeKey ?? Buffer.alloc(32)
  const notice = { kind: 'shutdown', agentId: agent.memory.agentId, nonce, at: Date.now() } as const
  const peer = await host.udpTo({ host: agent.published, port: 13000 })
  try {
    await peer.send(sealNotice(notice, body => createHmac('sha256', key).update(body).digest()))
    peer.observe({ what: 'request-sent', detail: { nonce } })
    await peer.receive(HEAR_REFUSAL)
  } finally {
    peer.close()
  }
}

import type { Datagram, UdpPort } from '../../shared/net/host.ts'
import { ReplayGuard, readNotice, sealNotice } from '../../shared/wire/datagram.ts'
import type { Agent } from './agent.ts'
import type { Schedule } from './schedule.ts'
import { acceptWakeUp, journalRefusal } from './wake-up.ts'

/** Nobody authenticates who asks in a broadcast domain. */
const NO_PROOF = new Uint8Array()

/** The agent's one UDP port: wake-ups of the Server, queries of neighbours. */
export async function serveUdp(agent: Agent, schedule: Schedule): Promise<UdpPort> {
  const replays = new ReplayGuard()

  const receive = (datagram: Datagram) => {
    const sealed = readNotice(datagram.bytes)
    const { notice } = sealed
    datagram.observe({ what: 'request-received', detail: { nonce: notice.nonce } })
    if (notice.kind === 'query') {
      const presence = { kind: 'presence', from: agent.host.name, nonce: notice.nonce, at: Date.now() } as const
      void port.reply(
        datagram.from,
        sealNotice(presence, () => NO_PROOF),
      )
      datagram.observe({ what: 'reply-sent', detail: { nonce: notice.nonce } })
      return
    }
    const nonce = acceptWakeUp(sealed, { host: agent.host.name, held: agent.memory.held, replays, now: Date.now() })
    schedule.now(nonce)
  }

  const port = await agent.host.udp(15000, datagram => {
    try {
      receive(datagram)
    } catch (error) {
      journalRefusal(datagram, error)
    }
  })
  return port
}

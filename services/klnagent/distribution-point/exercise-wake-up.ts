import { randomUUID } from 'node:crypto'
import { TimeoutError } from '../../../shared/net/errors.ts'
import type { UdpPeer } from '../../../shared/net/host.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Agent } from '../agent.ts'

/** A datagram may be lost, and nobody says so: it is sent again this often (assumed) until the device has come. */
const AGAIN = 1_000

/**
 * x-dp-udp: the point asks its Server for a signed wake-up, sends it on the Server's behalf, and is told by the Server when
 * the device has come. Only the datagram is the arrow's; the session is the point's own.
 */
export const wakeUpForServer =
  (agent: Agent): Exercise =>
  async (host, { nonce, to, timeout }) => {
    await agent.meetServer(timeout)
    const { session } = await agent.open({ nonce: randomUUID(), timeout })
    try {
      const { datagram } = await session.request<Messages['wake-up-request']>({
        type: 'wake-up-request',
        nonce,
        target: to.host,
      })
      const peer = await host.udpTo(to)
      try {
        const come = session.request<Messages['wait-for-contact']>({ type: 'wait-for-contact', nonce })
        await Promise.race([come, sendUntil(peer, { datagram, nonce, device: to.host, timeout })])
        peer.observe({ what: 'reply-received', detail: { nonce } })
      } finally {
        peer.close()
      }
    } finally {
      await session.close()
    }
  }

interface Sending {
  datagram: Uint8Array
  nonce: string
  device: string
  timeout: number
}

/** Never resolves: rejects where the port is closed, and when the time is over. */
async function sendUntil(peer: UdpPeer, { datagram, nonce, device, timeout }: Sending): Promise<never> {
  for (let left = timeout; left > 0; left -= AGAIN) {
    await peer.send(datagram)
    peer.observe({ what: 'request-sent', detail: { nonce } })
    await peer.receive(Math.min(AGAIN, left))
  }
  throw new TimeoutError(`the contact of ${device}`, timeout)
}

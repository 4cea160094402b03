import type { Forward } from '../../shared/config/published.ts'
import type { Datagram, Host, UdpPeer } from '../../shared/net/host.ts'

/** ms for which an answer may come; as nginx and HAProxy, which keep a session a minute or so after its last datagram (assumed). */
const SESSION = 30_000
/** Senders at once: each has a socket of its own. The next one takes the place of the oldest. */
const MOST = 1_000

interface UdpSession {
  peer: Promise<UdpPeer>
}

/** Datagrams of one sender go on from one socket, whose answers go back to it. */
export async function forwardUdp(host: Host, { port, to }: Forward): Promise<{ close(): Promise<void> }> {
  const sessions = new Map<string, UdpSession>()
  const end = async (key: string) => {
    const session = sessions.get(key)
    sessions.delete(key)
    await session?.peer.then(
      peer => peer.close(),
      () => {},
    )
  }
  const listener = await host.udp(port, ({ bytes, from, observe }: Datagram) => {
    const key = `${from.address}:${from.port}`
    let session = sessions.get(key)
    if (!session) {
      const [oldest] = sessions.keys()
      if (sessions.size >= MOST && oldest !== undefined) void end(oldest)
      session = { peer: host.udpTo({ host: to, port }) }
      sessions.set(key, session)
      void answers(session.peer, async answer => listener.reply(from, answer)).finally(() => end(key))
    }
    session.peer
      .then(async peer => {
        await peer.send(bytes)
        observe({ what: 'carried', detail: { to: `${to}:${port}`, by: peer.id } })
      })
      .catch((error: Error & { code?: string }) =>
        observe({ what: 'carry-refused', detail: { code: error.code ?? 'UNKNOWN', reason: error.message } }),
      )
  })
  return {
    async close() {
      await Promise.all([...sessions.keys()].map(end))
      await listener.close()
    },
  }
}

/** Until nothing has come for a while, or the responder's port is closed. */
async function answers(peer: Promise<UdpPeer>, pass: (answer: Buffer) => Promise<void>): Promise<void> {
  try {
    const from = await peer
    for (let answer = await from.receive(SESSION); answer !== null; answer = await from.receive(SESSION))
      await pass(answer)
  } catch {
    // The datagram's own journal says so.
  }
}

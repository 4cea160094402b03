import { TimeoutError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import { readNotice, sealNotice } from '../../../shared/wire/datagram.ts'
import type { Agent } from '../agent.ts'

/** Arrow 2 between agents: a query, addressed to one neighbour so that its answer can be told from the others'. */
export const queryNeighbour =
  (agent: Agent): Exercise =>
  async (host, { nonce, to, timeout }) => {
    const peer = await host.udpTo(to)
    try {
      const query = { kind: 'query', from: agent.host.name, nonce, at: Date.now() } as const
      await peer.send(sealNotice(query, () => new Uint8Array()))
      peer.observe({ what: 'request-sent', detail: { nonce } })
      const answer = await peer.receive(timeout)
      if (!answer) throw new TimeoutError(`the answer of ${to.host}`, timeout)
      peer.observe({ what: 'reply-received', detail: { nonce: readNotice(answer).notice.nonce } })
    } finally {
      peer.close()
    }
  }

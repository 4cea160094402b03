import { setTimeout as sleep } from 'node:timers/promises'
import { TimeoutError } from '../shared/net/errors.ts'
import type { Exercise } from '../shared/service.ts'
import { sealNotice } from '../shared/wire/datagram.ts'

/** How `verify` asks any host for a probe; no flow has such an id. */
export const PROBES = { tcp: 'probe/tcp', udp: 'probe/udp', local: 'probe/local' } as const
/** ms in which what was accepted is written down at the other end. */
const SETTLED = 100

/** Tries a port that must not be reached. Resolves where the attempt was not stopped here; whether it arrived the responder knows. */
const probe = (transport: 'tcp' | 'udp'): Exercise =>
  transport === 'tcp'
    ? async (host, { to, timeout, signal }) => {
        const connection = await host.dial(to, { timeout, signal })
        await sleep(SETTLED)
        connection.close()
      }
    : async (host, { to, nonce, timeout }) => {
        const peer = await host.udpTo(to)
        try {
          const query = { kind: 'query', from: host.name, nonce, at: Date.now() } as const
          await peer.send(sealNotice(query, () => Buffer.alloc(0)))
          peer.observe({ what: 'request-sent', detail: { nonce } })
          if ((await peer.receive(timeout)) === null) throw new TimeoutError(`an answer of ${to.host}`, timeout)
        } finally {
          peer.close()
        }
      }

export const probeOf = (flow: string): Exercise | undefined =>
  flow === PROBES.tcp ? probe('tcp') : flow === PROBES.udp ? probe('udp') : undefined

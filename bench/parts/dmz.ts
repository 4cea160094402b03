/**
 * One TLS between the gateway and the Server's end, none at the other: HAProxy ends the TLS of a node:tls client towards a
 * plain back end, with the gateway's certificate. The way of the bytes is named after who encrypts: the one in the middle or
 * the end.
 */

import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { bulk } from '../cases/bulk.ts'
import { sides } from '../harness/backs.ts'
import { haproxy } from '../harness/haproxy.ts'
import { BIG_BUFFERS, ONE_THREAD } from '../harness/rivals.ts'
import { inTurn } from '../harness/rounds.ts'
import { signalled } from '../harness/signalled.ts'
import { head, rows } from '../harness/table.ts'
import { judgedAll, type Target } from '../harness/targets.ts'
import type { Part } from './part.ts'

const BULK: Target[] = ['HAProxy', 'HAProxy, 1 thread'].map(to => ({ to, figure: 'GB/s', least: 0.9 }))

export const dmz: Part = async ({ state, rounds, ms }) => {
  const parts = await sides()
  const { backs, back, client } = parts
  const { credentials } = await openLabState(state, loadTopology('gateway'))
  const { cert, key } = credentials.identity('gateway')
  const identity = `${cert}\n${key}`
  const pair = await signalled(state)
  const { server, port } = pair
  const ours = {
    name: 'gateway',
    pid: pair.gateway.pid,
    async towards(kind: string) {
      await server.ask('serve', { kind })
      return port
    },
    stop: () => pair.stop(),
  }
  const theirs = [
    await haproxy({ name: 'HAProxy', backs, identity }),
    await haproxy({ name: 'HAProxy 256 KiB', backs, identity, global: BIG_BUFFERS }),
    await haproxy({ name: 'HAProxy, 1 thread', backs, identity, global: ONE_THREAD }),
  ]
  const rivals = [...theirs, ours]
  const [table, targets] = [head(rivals.map(({ name }) => name)), [] as string[]]
  for (const count of [1, 8, 64]) {
    const encrypting = await inTurn(rivals, rounds, rival =>
      rival === ours
        ? bulk(rival, { way: 'upload', kind: 'sink', receiver: server, client, count, ms })
        : bulk(rival, { way: 'download-tls', kind: 'source', receiver: client, client, count, ms }),
    )
    const decrypting = await inTurn(rivals, rounds, rival =>
      rival === ours
        ? bulk(rival, { way: 'download', kind: 'source', receiver: client, client, count, ms })
        : bulk(rival, { way: 'upload-tls', kind: 'sink', receiver: back, client, count, ms }),
    )
    for (const [what, measured] of Object.entries({ encrypts: encrypting, decrypts: decrypting })) {
      table.push(...rows(`${what}, ${count}`, measured))
      targets.push(...judgedAll(`DMZ, ${what}, ${count}`, measured, ours.name, BULK))
    }
  }
  await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
  return { table, targets }
}

/** `carry` alone: dials for whoever arrives and looks at nothing. */
import { connect } from 'node:net'
import { carry } from '../../shared/net/carry.ts'
import type { Ports } from '../harness/ends.ts'
import { HERE, listening } from '../harness/listening.ts'
import { play } from '../harness/role.ts'

const relay = (port: number) =>
  listening(one => {
    const other = connect({ port, host: HERE, allowHalfOpen: true })
    const late = () => one.destroy()
    other.once('error', late)
    other.once('connect', () => {
      other.off('error', late)
      void carry({ stream: one, raw: one }, { stream: other, raw: other })
    })
  })

play(async ({ backs }) => {
  const fronts = Object.entries(backs as Ports).map(async ([kind, port]) => [kind, await relay(port)])
  return Object.fromEntries(await Promise.all(fronts))
})

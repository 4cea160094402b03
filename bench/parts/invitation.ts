/** From the ClientHello of whoever arrives to the first byte of the Server's own handshake, by a data connection made for it. */
import { Role } from '../harness/role.ts'
import type { Figures } from '../harness/rounds.ts'
import { signalled } from '../harness/signalled.ts'
import { shown, verdict } from '../harness/table.ts'
import type { Part } from './part.ts'

const MOST = 3
const WARM_UP = 300

export const invitation: Part = async ({ state, rounds }) => {
  const pair = await signalled(state)
  const bare = new Role('tls-server', [state])
  const devices = new Role('arrivals', [state, String(pair.port), String(await bare.ask('port'))])
  const lines = [
    '| arrivals | figure | bare TLS handshake | invitation to first byte | ratio |',
    '|---|---|---|---|---|',
  ]
  await devices.ask('warm up', { turns: WARM_UP / 16, atOnce: 16 })
  for (const [what, atOnce, turns] of [
    ['one after another', 1, 80],
    ['16 at once', 16, 20],
  ] as const) {
    const asked = { turns: turns * rounds, atOnce }
    const taken = await devices.ask<{ invited: Figures; bare: Figures }>('arrive', asked)
    for (const figure of ['p50', 'p99']) {
      const [theirs, ours] = [taken.bare[figure] ?? Number.NaN, taken.invited[figure] ?? Number.NaN]
      const target = figure === 'p99' ? ` (${verdict(ours / theirs, { most: MOST })})` : ''
      const cells = [what, `${figure} ms`, shown(theirs), shown(ours), (ours / theirs).toFixed(2) + target]
      lines.push(`| ${cells.join(' | ')} |`)
    }
  }
  await Promise.all([devices.stop(), bare.stop(), pair.stop()])
  return lines
}

/** From the ClientHello of whoever arrives to the first byte of the Server's own handshake, by a data connection made for it. */
import { Role } from '../harness/role.ts'
import { type Figures, type Measured, ratios, typical } from '../harness/rounds.ts'
import { signalled } from '../harness/signalled.ts'
import { median } from '../harness/statistics.ts'
import { shown } from '../harness/table.ts'
import { judged } from '../harness/targets.ts'
import type { Part } from './part.ts'

const MOST = 3
const WARM_UP = 300

export const invitation: Part = async ({ state, rounds }) => {
  const pair = await signalled(state)
  const bare = new Role('tls-server', [state])
  const devices = new Role('arrivals', [state, String(pair.port), String(await bare.ask('port'))])
  const table = [
    '| arrivals | figure | bare TLS handshake | invitation to first byte | ratio |',
    '|---|---|---|---|---|',
  ]
  const targets: string[] = []
  await devices.ask('warm up', { turns: WARM_UP / 16, atOnce: 16 })
  for (const [what, atOnce, turns] of [
    ['one after another', 1, 200],
    ['16 at once', 16, 25],
  ] as const) {
    const measured: Measured = new Map([
      ['invited', []],
      ['bare', []],
    ])
    for (let round = 0; round < rounds; round++)
      for (const [name, figures] of Object.entries(
        await devices.ask<Record<string, Figures>>('arrive', { turns, atOnce }),
      ))
        measured.get(name)?.push(figures)
    for (const figure of ['p50', 'p99']) {
      const cells = ['bare', 'invited'].map(name => shown(typical(measured, name, figure)))
      const ratio = median(ratios(measured, 'invited', 'bare', figure)).toFixed(2)
      table.push(`| ${[what, `${figure} ms`, ...cells, ratio].join(' | ')} |`)
    }
    const by = 'p99 ms / bare TLS handshake'
    targets.push(judged(`invitations, ${what}`, by, { most: MOST }, ratios(measured, 'invited', 'bare', 'p99')))
  }
  await Promise.all([devices.stop(), bare.stop(), pair.stop()])
  return { table, targets }
}

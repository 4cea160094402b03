import { type Measured, ratios } from './rounds.ts'
import { median } from './statistics.ts'

/** A bound on the ratio to a rival, of the median of the rounds. */
export interface Target {
  to: string
  figure: string
  least?: number
  most?: number
}

type Bound = Pick<Target, 'least' | 'most'>

const HEAD = ['| case | figure | target | median | spread | |', '|---|---|---|---|---|---|']

/** One line of the table of targets, from the figures of the rounds. */
export function judged(what: string, figure: string, bound: Bound, values: readonly number[]): string {
  const { least = -Infinity, most = Infinity } = bound
  const value = median(values)
  const spread = `${Math.min(...values).toFixed(2)} - ${Math.max(...values).toFixed(2)}`
  const verdict = value >= least && value <= most ? 'met' : '**missed**'
  return `| ${[what, figure, bound.least === undefined ? `≤ ${most}` : `≥ ${least}`, value.toFixed(2), spread, verdict].join(' | ')} |`
}

export const judgedAll = (what: string, measured: Measured, ours: string, targets: readonly Target[]): string[] =>
  targets.map(target =>
    judged(what, `${target.figure} / ${target.to}`, target, ratios(measured, ours, target.to, target.figure)),
  )

export const targetTable = (lines: readonly string[]): string[] => [...HEAD, ...lines]

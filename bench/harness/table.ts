import { type Measured, ratio, typical } from './rounds.ts'

/** A bound on the ratio to a rival. */
export interface Target {
  to: string
  figure: string
  least?: number
  most?: number
}

export const shown = (figure: number): string =>
  Number.isNaN(figure) ? '' : figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3)

const met = (value: number, { least = -Infinity, most = Infinity }: Pick<Target, 'least' | 'most'>) =>
  value >= least && value <= most ? 'met' : '**missed**'

/** `>= 2: met` */
export const verdict = (value: number, { least, most }: Pick<Target, 'least' | 'most'>): string =>
  `${least === undefined ? `≤ ${most}` : `≥ ${least}`} ${met(value, { least, most } as Target)}`

/** Rows of one case, a figure each: the rivals, then the last of them by the others. */
export function rows(what: string, measured: Measured, targets: readonly Target[] = []): string[] {
  const names = [...measured.keys()]
  const ours = names.at(-1) ?? ''
  const figures = new Set([...measured.values()].flatMap(rounds => rounds.flatMap(Object.keys)))
  return [...figures].map(figure => {
    const ratios = names.slice(0, -1).map(name => {
      const value = ratio(measured, ours, name, figure)
      const target = targets.find(target => target.to === name && target.figure === figure)
      return Number.isNaN(value) ? '' : `${value.toFixed(2)}${target ? ` (${verdict(value, target)})` : ''}`
    })
    return `| ${[what, figure, ...names.map(name => shown(typical(measured, name, figure))), ...ratios].join(' | ')} |`
  })
}

export function head(names: readonly string[]): string[] {
  const cells = ['case', 'figure', ...names, ...names.slice(0, -1).map(name => `/ ${name}`)]
  return [`| ${cells.join(' | ')} |`, `|${'---|'.repeat(cells.length)}`]
}

import { type Measured, ratios, typical } from './rounds.ts'
import { median } from './statistics.ts'

export const shown = (figure: number): string =>
  Number.isNaN(figure) ? '' : figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3)

/** Rows of one case, a figure each: the rivals, then the last of them by the others. */
export function rows(what: string, measured: Measured): string[] {
  const names = [...measured.keys()]
  const ours = names.at(-1) ?? ''
  const figures = new Set([...measured.values()].flatMap(rounds => rounds.flatMap(Object.keys)))
  return [...figures].map(figure => {
    const by = names.slice(0, -1).map(name => {
      const value = median(ratios(measured, ours, name, figure))
      return Number.isNaN(value) ? '' : value.toFixed(2)
    })
    return `| ${[what, figure, ...names.map(name => shown(typical(measured, name, figure))), ...by].join(' | ')} |`
  })
}

export function head(names: readonly string[]): string[] {
  const cells = ['case', 'figure', ...names, ...names.slice(0, -1).map(name => `/ ${name}`)]
  return [`| ${cells.join(' | ')} |`, `|${'---|'.repeat(cells.length)}`]
}

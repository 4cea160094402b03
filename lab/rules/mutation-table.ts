import type { Topology } from '../../shared/config/topology.ts'
import type { Mutation } from './dependents.ts'
import type { Mutated } from './mutate.ts'

/** Lines of a table that is printed as it comes about. */
export interface MutationTable {
  head: string
  row(mutated: Mutated): string
  sum(all: readonly Mutated[], ms: number): string
}

export function mutationRun({ name }: Topology, list: readonly Mutation[]): MutationTable {
  const width = Math.max(4, ...list.map(({ key }) => key.length))
  const line = (mark: string, key: string, predicted: string, red: string) =>
    `${mark.padEnd(2)}  ${key.padEnd(width)}  ${predicted.padStart(9)}  ${red.padStart(3)}\n`
  return {
    head: `${name}: verify without each rule of the firewall, one at a time\n\n${line('', 'rule', 'predicted', 'red')}`,
    row: ({ key, rows, red, asPredicted, problems }) =>
      `${line(asPredicted ? 'ok' : 'XX', key, String(rows.length), String(red.length))}${problems.map(text => `    ${text}\n`).join('')}`,
    sum: (all, ms) => {
      const wrong = all.filter(({ asPredicted }) => !asPredicted).length
      const rules = `${all.length} ${all.length === 1 ? 'rule' : 'rules'}`
      const found = wrong === 0 ? `${rules}, all exactly as predicted` : `${wrong} of ${rules} not as predicted`
      return `\n${found}, in ${(ms / 1_000).toFixed(0)} s; all rules are back\n`
    },
  }
}

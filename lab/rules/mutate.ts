/** Takes each rule of the running firewall out, one at a time, and compares the rows that turn red with those foretold. */
import type { Firewall } from '../firewall/remote.ts'
import type { Report, Result } from '../report.ts'
import type { Mutation } from './dependents.ts'

export interface Mutated extends Mutation {
  /** Ids of the rows that were not delivered without it. */
  red: string[]
  asPredicted: boolean
  /** A sentence for each row that is not as foretold, and for a rule that could not be taken out. */
  problems: string[]
}

export interface Mutating {
  list: readonly Mutation[]
  firewall: Firewall
  /** A run of all rows, or with `only` of some of them, of which the firewall is asked what let them pass. */
  verify(only?: readonly string[]): Promise<Report>
  /** Ends the run: what is out is put back first. */
  signal: AbortSignal
  onRow(row: Mutated): void
}

/** The matrix is not as expected with all rules in place: nothing could be told from what turns red then. */
export class NotGreen extends Error {}

/** @throws NotGreen before the first rule is taken out, or after the last one is back */
export async function mutate({ list, firewall, verify, signal, onRow }: Mutating): Promise<Mutated[]> {
  signal.throwIfAborted()
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  stopped.catch(() => {})
  const run = (only?: readonly string[]) => Promise.race([verify(only), stopped])
  green(await run(), 'with all rules in place')
  const done: Mutated[] = []
  for (const mutation of list) {
    const row = await without(mutation, firewall, run)
    done.push(row)
    onRow(row)
  }
  green(await run(), 'with all rules back in place')
  return done
}

type Run = (only?: readonly string[]) => Promise<Report>

async function without(mutation: Mutation, firewall: Firewall, run: Run): Promise<Mutated> {
  let cut: Awaited<ReturnType<Firewall['cut']>>
  try {
    cut = await firewall.cut(mutation.match)
  } catch (error) {
    return { ...mutation, red: [], asPredicted: false, problems: [(error as Error).message] }
  }
  try {
    const { results } = await run()
    const red = results.filter(({ asExpected }) => !asExpected)
    const unforeseen = red.filter(({ id }) => !mutation.rows.includes(id))
    const missing = mutation.rows.filter(id => !red.some(result => result.id === id))
    const passed = missing.length > 0 ? (await run(missing)).results : []
    const problems = [
      ...missing.map(id => stillPasses(id, passed)),
      ...unforeseen.map(
        ({ id, verdict, explanation }) => `${id} turned red and was not foretold: ${verdict}, ${explanation}`,
      ),
    ]
    return { ...mutation, red: red.map(({ id }) => id), asPredicted: problems.length === 0, problems }
  } finally {
    await cut.putBack()
  }
}

function stillPasses(id: string, results: readonly Result[]): string {
  const result = results.find(one => one.id === id)
  const ruling = result?.evidence.find(({ at }) => at === 'firewall')
  const by = ruling?.at === 'firewall' && ruling.detail.decision === 'accept' ? ruling.detail.by : []
  const named = by.map(
    ({ table, chain, rule }) =>
      `${rule === null ? 'the policy' : `the rule \`${rule}\``} of chain ${chain} in table ${table}`,
  )
  return `${id} was foretold and did not turn red${named.length > 0 ? `: ${named.join(' and ')} lets it pass` : ''}`
}

function green({ results }: Report, when: string): void {
  const red = results.filter(({ asExpected }) => !asExpected).map(({ id, verdict }) => `${id} ${verdict}`)
  if (red.length > 0)
    throw new NotGreen(`${when} these rows are not delivered: ${red.join(', ')}; see what verify says of them`)
}

/** What a report says of an arrow. Pure. */
import type { VerdictWord } from '../../shared/verdict/words.ts'
import type { FlowInstance } from '../plan.ts'

/** `planned`: no report was given; `skipped`: the report says so, or it does not speak of the arrow. */
export type Outcome = 'planned' | 'delivered' | 'failed' | 'skipped'

type Verdicts = ReadonlyMap<string, VerdictWord>

const failed = (word: VerdictWord | undefined): word is VerdictWord =>
  word !== undefined && word !== 'delivered' && word !== 'skipped'

export function outcomeOf(instances: readonly FlowInstance[], verdicts: Verdicts): Outcome {
  const found = instances.map(({ id }) => verdicts.get(id))
  if (found.some(failed)) return 'failed'
  return found.includes('delivered') ? 'delivered' : 'skipped'
}

/** Names the hosts only where a box gathers several and not all of them fare alike. */
export function wordsOf(instances: readonly FlowInstance[], verdicts: Verdicts): string | null {
  const bad = instances.flatMap(instance => {
    const word = verdicts.get(instance.id)
    return failed(word) ? [{ ...instance, word }] : []
  })
  const count = (of: readonly FlowInstance[], end: 'initiator' | 'responder') => new Set(of.map(one => one[end])).size
  const end = count(instances, 'initiator') > 1 ? 'initiator' : 'responder'
  const words = [...Map.groupBy(bad, ({ word }) => word)].map(([word, same]) => {
    if (count(same, end) === count(instances, end)) return word
    return `${word} (${[...new Set(same.map(one => one[end]))].join(', ')})`
  })
  return words.length === 0 ? null : words.join(', ')
}

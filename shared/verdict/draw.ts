/** Draws the one word from both ends. Pure: the same evidence gives the same verdict, anywhere. */
import { type Evidence, type Facts, gather } from './facts.ts'
import { type Finding, findings } from './findings.ts'
import type { Case } from './word.ts'
import { type VerdictWord, words } from './words.ts'

export interface Verdict {
  verdict: VerdictWord
  findings: Finding[]
  explanation: string
  advice: string
}

export function drawVerdict(evidence: Evidence, names: Omit<Case, 'facts'>): Verdict {
  const facts: Facts = gather(evidence)
  const it: Case = { ...names, facts }
  // `error` holds always, so there is one.
  const word = words.find(candidate => candidate.when(facts)) ?? words[words.length - 1]
  if (!word) throw new Error('there are no verdict words')
  return {
    verdict: word.word,
    findings: findings(evidence, facts),
    explanation: word.explain(it),
    advice: word.advise(it),
    ...(word.word === 'delivered' ? {} : atCarrier(it, word.explain(it))),
  }
}

/** Where a gateway carries the arrow: on which of its two legs it came to grief. */
function atCarrier({ carrier, facts, to }: Case, explanation: string): Partial<Verdict> {
  if (carrier === null || facts.accepted) return {}
  const told = (more: string) => ({ explanation: `${explanation.replace(/\.$/, '')}. ${more}` })
  if (facts.carrier === null) return told(`The connection gateway ${carrier} saw nothing of it.`)
  const { refusal } = facts.carrier
  if (refusal === null)
    return told(`The connection gateway ${carrier} received it and carried it on; ${to} saw nothing of it.`)
  return {
    ...told(`The connection gateway ${carrier} received it and did not carry it on: ${refusal.reason}.`),
    ...(refusal.code === 'server-away'
      ? { advice: `bring back the signal connection first: arrow 4a, ${to} to ${carrier}:13000` }
      : {}),
  }
}

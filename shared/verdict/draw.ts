/** Draws the one word from both ends. Pure: the same evidence gives the same verdict, anywhere. */
import type { Observation } from '../journal/observation.ts'
import { byProxy, proxyAdvice, proxyRemark } from './by-proxy.ts'
import { type Evidence, type Facts, gather, type Onward } from './facts.ts'
import { type Finding, findings } from './findings/index.ts'
import { type Case, target } from './word.ts'
import { type VerdictWord, words } from './words.ts'

export interface Verdict {
  verdict: VerdictWord
  findings: Finding[]
  explanation: string
  advice: string
}

export function drawVerdict(evidence: Evidence, names: Omit<Case, 'facts'>): Verdict {
  const facts: Facts = gather(evidence)
  const direct: Case = { ...names, facts }
  const it = byProxy(direct)
  const passedOn = evidence.onward && facts.requestReceived && !facts.done ? evidence.onward : null
  if (passedOn) return drawOnward(passedOn, direct)
  // `error` holds always, so there is one.
  const word = words.find(candidate => candidate.when(facts)) ?? words[words.length - 1]
  if (!word) throw new Error('there are no verdict words')
  return {
    verdict: word.word,
    findings: findings(evidence, facts),
    explanation: word.explain(it),
    advice: word.advise(it),
    ...(CARRIER_UNASKED.has(word.word) ? {} : atCarrier(it, word.explain(it))),
    ...(DONE.has(word.word) ? {} : atProxy(direct, word.word, word.explain(it))),
  }
}

/** The request came to the responder, which could not pass it on: the word is that of the leg which failed. */
function drawOnward({ from, to, port, failure, between, evidence }: Onward, first: Case): Verdict {
  const place = evidence.initiator.findLast(({ what }) => what === 'connecting')
  const at = place?.what === 'connecting' ? `${place.detail.address}:${place.detail.port}` : `${to}:${port}`
  const last = evidence.initiator.at(-1)
  const reached = evidence.initiator.some(({ what }) => what === 'connected')
  const { code, message } = failure ?? { code: 'TIMEOUT', message: `${to}:${port} had not answered yet` }
  const ended: Observation[] = last
    ? [
        { ...last, what: 'exercise-failed', detail: { code, message } },
        // Whoever asked lost patience before the attempt was over.
        ...(failure || reached ? [] : [{ ...last, what: 'connect-failed' as const, detail: { code, after: 0 } }]),
      ]
    : []
  const names = { from, to, port, transport: 'tcp' as const, at, between, carrier: null }
  const verdict = drawVerdict({ ...evidence, initiator: [...evidence.initiator, ...ended] }, names)
  return {
    ...verdict,
    explanation: `${first.from} reached ${target(first)}, which passes it on to ${to}:${port} and could not: ${verdict.explanation}`,
  }
}

/** Words in which a carrier on the way has done its part, or is named already. */
const CARRIER_UNASKED = new Set<VerdictWord>(['delivered', 'proxy-header'])

/** Words that accuse nobody, and the one that names the proxy by itself. */
const DONE = new Set<VerdictWord>(['delivered', 'skipped', 'exposed', 'http-rejected'])

function atProxy(direct: Case, word: VerdictWord, explanation: string): Partial<Verdict> {
  const { proxy } = direct.facts
  if (proxy === null) return {}
  return {
    explanation: `${explanation.replace(/\.$/, '')}. ${proxyRemark(proxy, direct)}`,
    ...proxyAdvice(word, proxy),
  }
}

/** What a carrier meets when it dials on. */
const UNREACHED = new Set(['TIMEOUT', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Where a gateway, or a reverse proxy, carries the arrow: on which of its two legs it came to grief. */
function atCarrier({ carrier, facts, to, port }: Case, explanation: string): Partial<Verdict> {
  if (carrier === null || facts.accepted) return {}
  const told = (more: string) => ({ explanation: `${explanation.replace(/\.$/, '')}. ${more}` })
  const it = `The ${carrier.title} ${carrier.name}`
  if (facts.carrier === null) return told(`${it} saw nothing of it.`)
  const { refusal } = facts.carrier
  if (refusal === null) return told(`${it} received it and carried it on; ${to} saw nothing of it.`)
  return {
    ...told(`${it} received it and did not carry it on: ${refusal.reason}.`),
    ...(refusal.code === 'server-away'
      ? { advice: `bring back the signal connection first: arrow 4a, ${to} to ${carrier.name}:13000` }
      : UNREACHED.has(refusal.code)
        ? {
            advice: `let ${carrier.name} reach ${to}:${port}: a rule for it in the firewall between the two; then see whether ${to} listens there`,
          }
        : {}),
  }
}

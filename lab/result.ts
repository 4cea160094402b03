/** One exercise as it was done, and the row of the report that comes of it. */
import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import { drawVerdict } from '../shared/verdict/draw.ts'
import { type Evidence, gather } from '../shared/verdict/facts.ts'
import type { EndOfHold } from '../shared/verdict/idle.ts'
import type { Ruling } from '../shared/verdict/ruling.ts'
import type { Case } from '../shared/verdict/word.ts'
import type { FlowInstance } from './plan.ts'
import type { Result } from './report.ts'
import type { ExerciseRequest } from './stage.ts'

export interface Exercised {
  instance: FlowInstance
  evidence: Evidence
  names: Omit<Case, 'facts' | 'ruling'>
  /** Where it really went. */
  place: Endpoint | null
  /** The user's own box instead of the target's own place. */
  detour: Pick<ExerciseRequest, 'detour'>
  /** ms since the epoch. */
  since: number
  durationMs: number
}

/** What the firewall said of it, or why it could not be asked. */
export interface Asked {
  /** ms since the epoch. */
  t: number
  ruling?: Ruling
  failure?: string
}

export function resultOf({ instance, evidence, names, place, since, durationMs }: Exercised, asked?: Asked): Result {
  const { initiator, responder, port, flow, transport, tls, via, expected } = instance
  const ruling = asked?.ruling
  const verdict = drawVerdict(evidence, { ...names, ...(ruling ? { ruling } : {}) })
  const seen = [
    ...evidence.initiator,
    ...evidence.responder,
    ...evidence.carriers,
    ...onwardEvidence(evidence),
    ...(verdict.verdict === 'wrong-responder' ? evidence.elsewhere : []),
  ]
  return {
    id: instance.id,
    flow: flow.id,
    title: flow.title,
    initiator,
    responder,
    via: [...via],
    transport,
    tls,
    address: place?.address ?? null,
    port,
    expected,
    asExpected:
      expected === 'blocked'
        ? verdict.verdict !== 'exposed' && verdict.verdict !== 'error'
        : verdict.verdict === 'delivered' || verdict.verdict === 'skipped',
    ...verdict,
    ...(asked?.failure === undefined ? {} : { explanation: `${verdict.explanation}. ${asked.failure}` }),
    evidence: [
      ...seen
        .sort((one, other) => one.t - other.t)
        .map(({ end, host, t, what, detail }) => ({ at: end, host, t: round(t - since), what, detail })),
      ...(asked?.ruling
        ? [
            {
              at: 'firewall',
              host: 'firewall',
              t: round(asked.t - since),
              what: 'ruled',
              detail: asked.ruling,
            } as const,
          ]
        : []),
    ],
    durationMs,
    ...heldIn(evidence),
  }
}

function heldIn(evidence: Evidence): Pick<Result, 'idle'> {
  const { idle } = gather(evidence)
  if (idle === null) return {}
  const end = ({ saw, after }: EndOfHold) => ({ saw, after: after === null ? null : after / 1_000 })
  return { idle: { seconds: idle.span / 1_000, initiator: end(idle.initiator), responder: end(idle.responder) } }
}

/** The legs behind the responder, where the request was passed on and did not get there. */
function onwardEvidence({ onward }: Evidence): readonly Observation[] {
  if (!onward) return []
  const { initiator, responder } = onward.evidence
  return [...initiator, ...responder, ...onwardEvidence(onward.evidence)]
}

export const round = (ms: number): number => Math.round(ms * 10) / 10

/** What became of a long-lived connection that both ends held without a byte. Pure. */
import type { Observation } from '../journal/observation.ts'

export interface EndOfHold {
  /**
   * `word`: the other end's word came when the span was over; `late`: only once this end had spoken; `fin`, `rst`: the connection ended;
   * `silence`: it did not, and no word came; `open`: nothing yet, when the other end had found it cut; `own-end`: this end ended it.
   */
  saw: 'word' | 'late' | 'fin' | 'rst' | 'silence' | 'open' | 'own-end'
  /** ms since this end began to keep still; of `silence` and `open`, since the other one can tell no moment, null. */
  after: number | null
}

export interface IdleFacts {
  /** ms for which it was to be held. */
  span: number
  initiator: EndOfHold
  responder: EndOfHold
  /** Of the connection gateway that carried it: how its side towards the initiator ended, where it did. */
  carrier: EndOfHold | null
  /** It did not live through it. */
  cut: boolean
}

/** In a sentence. */
export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

interface Ends {
  initiator: readonly Observation[]
  responder: readonly Observation[]
  carriers: readonly Observation[]
}

/** Null where nothing was held. */
export function idleFacts({ initiator, responder, carriers }: Ends, code: string | undefined): IdleFacts | null {
  const begun = initiator.findLast(({ what }) => what === 'holding')
  if (begun?.what !== 'holding') return null
  const mine = endOf(initiator)
  const { span } = begun.detail
  const theirs = endOf(responder)
  // It gives up too, some time after its word.
  const inVain = theirs?.saw === 'own-end' && (theirs.after ?? 0) >= span
  const closed = carriers.find(({ what, t }) => what === 'closed' && t >= begun.t)
  const early = mine?.saw === 'fin' || mine?.saw === 'rst'
  return {
    span,
    initiator: unlessOwn(late(mine, span + begun.detail.patience)),
    responder:
      theirs && !inVain ? theirs : { saw: early && (mine.after ?? 0) < span ? 'open' : 'silence', after: null },
    carrier: closed ? ended(closed, begun.t) : null,
    cut: code === 'IDLE_CUT' && (theirs?.saw !== 'own-end' || inVain),
  }
}

/** It waited for the responder's word so long, and then spoke itself. */
const late = (end: EndOfHold | null, until: number): EndOfHold | null =>
  end?.saw === 'word' && (end.after ?? 0) > until ? { ...end, saw: 'late' } : end

/** The initiator ends a connection itself once it has waited in vain. */
const unlessOwn = (end: EndOfHold | null): EndOfHold =>
  end === null || end.saw === 'own-end' ? { saw: 'silence', after: null } : end

function endOf(observations: readonly Observation[]): EndOfHold | null {
  const begun = observations.findLast(({ what }) => what === 'holding')
  if (!begun) return null
  const since = observations.filter(
    ({ t, host, connection }) => t >= begun.t && host === begun.host && connection === begun.connection,
  )
  const held = since.find(({ what }) => what === 'held')
  const closed = since.find(({ what }) => what === 'closed')
  const end = closed && ended(closed, begun.t)
  if (end && (end.saw === 'fin' || end.saw === 'rst') && !held) return end
  return held?.what === 'held' ? { saw: 'word', after: held.detail.after } : (end ?? null)
}

function ended(closed: Observation, since: number): EndOfHold {
  const after = Math.max(0, Math.round(closed.t - since))
  const how = closed.what === 'closed' ? closed.detail.how : 'local'
  if (how === 'fin' || how === 'rst') return { saw: how, after }
  return how === 'timeout' ? { saw: 'silence', after: null } : { saw: 'own-end', after }
}

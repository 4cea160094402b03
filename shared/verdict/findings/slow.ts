import type { Observation } from '../../journal/observation.ts'
import type { Notice } from './notice.ts'

/** ms for one step; within one machine or one LAN it takes a hundredth of it (assumed). */
const SLOW = 1_000

/** Steps in which the initiator does nothing but wait: how they begin and end, on one connection, and what to call them. */
const STEPS: readonly (readonly [from: readonly Observation['what'][], to: Observation['what'], name: string])[] = [
  [['connecting'], 'connected', 'the connection'],
  [['proxy-connect'], 'proxy-answer', 'the answer to CONNECT'],
  [['connected', 'proxy-answer', 'client-certificate-offered'], 'client-hello-sent', 'the TLS handshake'],
  [['http-request', 'http-body'], 'request-sent', 'the answer'],
  [['request-sent'], 'reply-received', 'the answer'],
]

/** Time that a transfer takes, or a connection is held, is not waiting. */
export const slow: Notice = ({ initiator }) => {
  let longest = { took: SLOW, name: '' }
  for (const entries of Map.groupBy(initiator, ({ connection }) => connection).values())
    for (const [index, entry] of entries.entries()) {
      const before = entries[index - 1]
      const step = before && STEPS.find(([from, to]) => to === entry.what && from.includes(before.what))
      const took = before ? entry.t - before.t : 0
      if (step && took > longest.took) longest = { took, name: step[2] }
    }
  return longest.name === ''
    ? null
    : `${longest.name} took ${(longest.took / 1_000).toFixed(1)} s, more than ${SLOW / 1_000} s`
}

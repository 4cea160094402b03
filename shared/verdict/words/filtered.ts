import { allowRule, target, type Word } from '../word.ts'

export const filtered: Word<'filtered'> = {
  word: 'filtered',
  means: 'No answer came to the attempt, and the responder saw nothing: a silent drop.',
  when: ({ connectFailure, datagram, accepted, timedOut, oneWay, done, resolveFailure }) =>
    connectFailure === 'TIMEOUT' ||
    connectFailure === 'ETIMEDOUT' ||
    (datagram && !accepted && resolveFailure === null && connectFailure === null && (timedOut || (oneWay && done))),
  explain: it =>
    it.facts.accepted
      ? `${it.from} got no answer from ${target(it)}, although ${it.to} saw the attempt: what comes back is dropped by ${it.between}`
      : `${it.from} got no answer from ${target(it)} and ${it.to} saw nothing: ${it.between} drops it silently`,
  advise: it =>
    it.facts.accepted
      ? 'let answers back: nftables: `ct state established,related accept` at the top of the forward chain'
      : `allow it: ${allowRule(it)}`,
}

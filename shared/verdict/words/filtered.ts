import { byWhat, clause } from '../ruling.ts'
import { allowBefore, allowRule, behind, type Case, sawNothing, target, type Word } from '../word.ts'

export const filtered: Word<'filtered'> = {
  word: 'filtered',
  means: 'No answer came to the attempt, and the responder saw nothing: a silent drop.',
  when: ({ connectFailure, datagram, accepted, timedOut, oneWay, done, resolveFailure }) =>
    connectFailure === 'TIMEOUT' ||
    connectFailure === 'ETIMEDOUT' ||
    (datagram && !accepted && resolveFailure === null && connectFailure === null && (timedOut || (oneWay && done))),
  explain: it =>
    it.facts.accepted
      ? `${it.from} got no answer from ${target(it)}, although ${it.to} saw the attempt: what comes back is dropped by ${it.between}${it.ruling?.direction === 'back' ? byWhat(it.ruling) : ''}`
      : `${it.from} got no answer from ${target(it)}${sawNothing(it)}: ${where(it)}`,
  advise: it => {
    if (it.facts.accepted)
      return 'let answers back: nftables: `ct state established,related accept` at the top of the forward chain'
    switch (it.ruling?.decision) {
      case 'accept':
      case 'unrouted':
        return behind(it)
      case 'unseen':
        return `look at the route of ${it.from} (\`ip route get ${it.at.replace(/:\d+$/, '')}\`), and at its own firewall`
      default:
        return `allow it${allowBefore(it)}: ${allowRule(it)}`
    }
  },
}

function where({ ruling, between }: Case): string {
  if (!ruling) return `${between} drops it silently`
  return ruling.decision === 'accept'
    ? `${clause(ruling, between)}, and it is lost behind it`
    : `${clause(ruling, between)}${ruling.decision === 'unseen' ? ' either' : ''}`
}

import { clause } from '../ruling.ts'
import { allowBefore, allowRule, behind, type Case, target, type Word } from '../word.ts'

export const unreachable: Word<'unreachable'> = {
  word: 'unreachable',
  means: 'ICMP said that the host or network cannot be reached, or the initiator has no route to it.',
  when: ({ connectFailure }) =>
    connectFailure !== null &&
    ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'].includes(connectFailure),
  explain: it =>
    `${it.from} was told that ${target(it)} (${it.at}) is unreachable (${it.facts.connectFailure}): ${byWhom(it)}`,
  advise: it => {
    const route = `look at the route (\`ip route get <address of ${it.to}>\` on ${it.from})`
    switch (it.ruling?.decision) {
      case 'reject':
        return `allow it${allowBefore(it)}: ${allowRule(it)}`
      case 'accept':
      case 'unrouted':
        return behind(it)
      case 'unseen':
        return route
      default:
        return `${route}, then at rules that \`reject\`: ${allowRule(it)}`
    }
  },
}

function byWhom({ ruling, between }: Case): string {
  switch (ruling?.decision) {
    case 'reject':
    case 'unrouted':
      return clause(ruling, between)
    case 'accept':
      return `no route leads there from behind it, since ${clause(ruling, between)}`
    case 'unseen':
      return `no route leads there, since ${clause(ruling, between)}`
    default:
      return `no route leads there, or ${between} rejects it with ICMP`
  }
}

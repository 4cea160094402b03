import { allowRule, target, type Word } from '../word.ts'

export const unreachable: Word<'unreachable'> = {
  word: 'unreachable',
  means: 'ICMP said that the host or network cannot be reached, or the initiator has no route to it.',
  when: ({ connectFailure }) =>
    connectFailure !== null &&
    ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'].includes(connectFailure),
  explain: it =>
    `${it.from} was told that ${target(it)} (${it.at}) is unreachable (${it.facts.connectFailure}): no route leads there, or ${it.between} rejects it with ICMP`,
  advise: it =>
    `look at the route (\`ip route get <address of ${it.to}>\` on ${it.from}), then at rules that \`reject\`: ${allowRule(it)}`,
}

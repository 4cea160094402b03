import { byWhat, type Ruling } from '../ruling.ts'
import { type Case, target, type Word } from '../word.ts'

export const exposed: Word<'exposed'> = {
  word: 'exposed',
  means:
    'An arrow that must not pass, passed: no documented arrow leads there, and the responder was reached all the same.',
  when: ({ mustNotPass, datagram, connected, accepted, requestReceived }) =>
    mustNotPass && (datagram ? requestReceived : connected && accepted),
  explain: it =>
    `${it.from} reached ${target(it)} (${it.at}), which nothing in this schema asks for: ${it.between} lets it through${it.ruling?.decision === 'accept' ? byWhat(it.ruling) : ''}`,
  advise: it => (it.ruling?.decision === 'accept' ? mend(it.ruling) : find(it)),
}

const NEEDED = '`ksc-lab rules` prints what is needed and no more'

function mend({ by }: Ruling): string {
  const [first] = by
  if (!first) return `load rules for what it forwards: ${NEEDED}`
  return first.rule === null
    ? `give chain ${first.chain} of table ${first.table} the policy drop, and rules for what is to pass: ${NEEDED}`
    : `narrow that rule to the hosts and ports of the arrow that it is for, or delete it: ${NEEDED}`
}

const find = (it: Case): string =>
  `find the rule that lets it pass by its counter (\`nft list ruleset\`, once before and once after \`verify\`) and narrow it to the hosts of the arrow; ${NEEDED}. Until then: nftables: \`ip daddr ${it.at.replace(/:\d+$/, '')} ${it.transport} dport ${/:(\d+)$/.exec(it.at)?.[1] ?? it.port} drop\` before it`

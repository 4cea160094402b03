import { target, type Word } from '../word.ts'

export const exposed: Word<'exposed'> = {
  word: 'exposed',
  means:
    'An arrow that must not pass, passed: no documented arrow leads there, and the responder was reached all the same.',
  when: ({ mustNotPass, datagram, connected, accepted, requestReceived }) =>
    mustNotPass && (datagram ? requestReceived : connected && accepted),
  explain: it =>
    `${it.from} reached ${target(it)} (${it.at}), which nothing in this schema asks for: ${it.between} lets it through`,
  advise: it =>
    `find the rule that lets it pass by its counter (\`nft list ruleset\`, once before and once after \`verify\`) and narrow it to the hosts of the arrow; \`ksc-lab rules\` prints what is needed and no more. Until then: nftables: \`ip daddr ${it.at.replace(/:\d+$/, '')} ${it.transport} dport ${/:(\d+)$/.exec(it.at)?.[1] ?? it.port} drop\` before it`,
}

import { commentOf, headOf, MANAGEMENT, type Rule, type RuleSet } from './ruleset.ts'

/**
 * A file for `nft -f`: default drop, answers to what was let through, then one counted rule for every connection, in the
 * direction in which it is opened.
 */
export const nftables = (set: RuleSet): string => `${[
  ...headOf(set),
  'Loading this file again replaces it: the table is made, dropped, and made anew.',
]
  .map(line => `# ${line}`)
  .join('\n')}

table inet ksc_lab
delete table inet ksc_lab

table inet ksc_lab {
${set.at === 'firewall' ? chain('forward', [[ANSWERS], set.passing.map(accept), [DROPPED]]) : ofHost(set)}
}
`

const ANSWERS = 'ct state established,related counter accept comment "answers"'
const DROPPED = 'counter comment "dropped"'

/** What a host opens is counted and not held: its own errands, as name lookups, are no arrows. */
const ofHost = ({ accepts, opens }: Extract<RuleSet, { at: 'host' }>): string => `${chain('input', [
  [
    ANSWERS,
    'iifname "lo" accept comment "itself"',
    `ip saddr ${MANAGEMENT.network} accept comment "${MANAGEMENT.comment}"`,
  ],
  accepts.map(accept),
  [DROPPED],
])}

${chain('output', [['# With "policy drop" it opens nothing else, names and time neither.', ...opens.map(accept)]], 'accept')}`

const chain = (hook: string, blocks: string[][], policy = 'drop'): string => `  chain ${hook} {
${[[`type filter hook ${hook} priority filter; policy ${policy};`], ...blocks]
  .filter(block => block.length > 0)
  .map(block => block.map(line => `    ${line}`).join('\n'))
  .join('\n\n')}
  }`

/** As `nft list ruleset` prints it too: with `nft -a` it leads to the handle of exactly one rule. */
export const matchOf = ({ source, target, transport, port }: Rule): string =>
  `ip saddr ${source} ip daddr ${target} ${transport} dport ${port} ct state new`

const accept = (rule: Rule): string => `${matchOf(rule)} counter accept comment "${commentOf(rule)}"`

/** Which rule decided, whatever the rules look like: the kernel's own firewall between two namespaces. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../nftables/kit.ts'
import { CLIENT, type Fence, fence, SERVER, tcp, udp } from './kit.ts'

const chain = (rules: string, policy = 'drop', name = 'forward') =>
  `chain ${name} { type filter hook forward priority filter; policy ${policy}; ${rules} }`
const ANSWERS = 'ct state established,related accept;'

describe.skipIf(missing !== null)('the firewall names what decided', () => {
  let between: Fence
  beforeAll(async () => {
    between = await fence()
  })
  afterAll(() => between?.[Symbol.asyncDispose]())

  it.each<[string, string, ReturnType<typeof tcp>, object]>([
    [
      'a rule that accepts, with its comment and without figures',
      `table inet t { ${chain(`${ANSWERS} ip saddr 192.0.2.0/24 counter accept comment "too wide";`)} }`,
      tcp(443),
      {
        decision: 'accept',
        by: [{ table: 'inet t', chain: 'forward', rule: 'ip saddr 192.0.2.0/24 counter accept comment "too wide"' }],
      },
    ],
    [
      'a rule that drops',
      `table inet t { ${chain('tcp dport 443 drop comment "closed (verdict accept)";', 'accept')} }`,
      tcp(443),
      {
        decision: 'drop',
        by: [{ table: 'inet t', chain: 'forward', rule: 'tcp dport 443 drop comment "closed (verdict accept)"' }],
      },
    ],
    [
      'a policy that drops, after rules that did not match',
      `table inet t { ${chain(`${ANSWERS} tcp dport 80 accept; counter comment "dropped";`)} }`,
      tcp(443),
      { decision: 'drop', by: [{ table: 'inet t', chain: 'forward', rule: null }] },
    ],
    [
      'a reject by reset, and no rule whose comment says reject',
      `table inet t { ${chain('tcp dport 443 counter reject with tcp reset;', 'accept')} }`,
      tcp(443),
      {
        decision: 'reject',
        by: [{ table: 'inet t', chain: 'forward', rule: 'tcp dport 443 counter reject with tcp reset' }],
      },
    ],
    [
      'a drop whose comment says reject',
      `table inet t { ${chain('udp dport 53 drop comment "was reject once";', 'accept')} }`,
      udp(53),
      {
        decision: 'drop',
        by: [{ table: 'inet t', chain: 'forward', rule: 'udp dport 53 drop comment "was reject once"' }],
      },
    ],
    [
      'a rule of a set, in a chain that a verdict map leads to',
      `table inet t { set ports { type inet_service; elements = { 443, 8443 }; }; map by { type inet_service : verdict; elements = { 443 : jump web }; }; chain web { tcp dport @ports accept comment "web"; }; ${chain(`${ANSWERS} tcp dport vmap @by;`)} }`,
      tcp(443),
      { decision: 'accept', by: [{ table: 'inet t', chain: 'web', rule: 'tcp dport @ports accept comment "web"' }] },
    ],
    [
      'a verdict map that drops',
      `table inet t { ${chain('tcp dport vmap { 443 : drop, 80 : accept };', 'accept')} }`,
      tcp(443),
      {
        decision: 'drop',
        by: [{ table: 'inet t', chain: 'forward', rule: 'tcp dport vmap { 80 : accept, 443 : drop }' }],
      },
    ],
    [
      'the second of two tables that both have to agree',
      `table ip first { ${chain('accept comment "mine";')} }; table inet second { chain late { type filter hook forward priority 10; policy accept; ip daddr ${SERVER} drop comment "theirs"; } }`,
      tcp(443),
      {
        decision: 'drop',
        by: [{ table: 'inet second', chain: 'late', rule: `ip daddr ${SERVER} drop comment "theirs"` }],
      },
    ],
    [
      'both rules of two tables that agreed',
      `table ip first { ${chain(`${ANSWERS} tcp dport 443 accept;`)} }; table inet second { chain late { type filter hook forward priority 10; policy drop; ${ANSWERS} ip saddr ${CLIENT} accept; } }`,
      tcp(443),
      {
        decision: 'accept',
        by: [
          { table: 'ip first', chain: 'forward', rule: 'tcp dport 443 accept' },
          { table: 'inet second', chain: 'late', rule: `ip saddr ${CLIENT} accept` },
        ],
      },
    ],
    [
      'a policy that accepts',
      `table inet t { ${chain('tcp dport 80 drop;', 'accept')} }`,
      tcp(443),
      { decision: 'accept', by: [{ table: 'inet t', chain: 'forward', rule: null }] },
    ],
    ['nobody, where no chain looks at what is forwarded', 'table inet t { }', tcp(443), { decision: 'accept', by: [] }],
    [
      'a port forwarding, and the rule that let the translated packet pass',
      `table ip nat { chain pre { type nat hook prerouting priority dstnat; ip daddr 192.0.2.254 tcp dport 8443 dnat to ${SERVER}:443 comment "published"; } }; table inet t { ${chain(`${ANSWERS} ct status dnat accept;`)} }`,
      tcp(8443, '192.0.2.254'),
      {
        decision: 'accept',
        by: [{ table: 'inet t', chain: 'forward', rule: 'ct status dnat accept' }],
        translation: {
          table: 'ip nat',
          chain: 'pre',
          rule: `ip daddr 192.0.2.254 tcp dport 8443 dnat to ${SERVER}:443 comment "published"`,
        },
      },
    ],
    [
      'a drop before routing',
      `table inet raw { chain pre { type filter hook prerouting priority raw; udp dport 15000 drop; } }`,
      udp(15000),
      { decision: 'drop', by: [{ table: 'inet raw', chain: 'pre', rule: 'udp dport 15000 drop' }] },
    ],
    [
      "the firewall's own address, which nothing forwards",
      'table inet t { chain input { type filter hook input priority filter; policy drop; } }',
      tcp(22, '192.0.2.254'),
      { decision: 'drop', by: [{ table: 'inet t', chain: 'input', rule: null }] },
    ],
    ['a missing route', 'table inet t { }', tcp(443, '198.51.100.10'), { decision: 'unrouted', by: [] }],
  ])('%s', async (_what, rules, attempt, expected) => {
    await between.load(rules)
    expect(await between.trace(attempt)).toEqual([
      { there: { direction: 'there', translation: null, ...expected }, back: null },
    ])
    expect(await between.listing('list', 'tables')).not.toContain('trace')
  })

  it.each([
    ['that came', tcp(7)],
    ['that says the port is closed', tcp(8)],
    ['to a datagram', udp(7)],
  ])('the drop of an answer %s, whatever the addresses were translated to', async (_what, attempt) => {
    const translation =
      'table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "outer" masquerade; } };'
    const opened = 'ct state new accept;'
    await between.load(
      `${translation} table inet t { ${chain(`${opened} ip saddr 203.0.113.0/24 drop comment "no answers";`)} }`,
    )
    expect(await between.trace(attempt)).toMatchObject([
      {
        there: { decision: 'accept', translation: { rule: 'oifname "outer" masquerade' } },
        back: {
          decision: 'drop',
          direction: 'back',
          by: [{ table: 'inet t', chain: 'forward', rule: 'ip saddr 203.0.113.0/24 drop comment "no answers"' }],
        },
      },
    ])
    await between.load(`${translation} table inet t { ${chain(`${ANSWERS} ${opened}`)} }`)
    expect(await between.trace(attempt)).toMatchObject([{ there: { decision: 'accept' }, back: null }])
  })

  it('each of several attempts by its own rule, and one that was never made by none', async () => {
    await between.load(
      `table inet t { ${chain('ct state established,related accept; tcp dport 1 accept; tcp dport 2 drop; udp dport 3 reject;')} }`,
    )
    const asked = [tcp(1), tcp(2), udp(3)]
    const rulings = await between.trace(...asked)
    expect(rulings.map(({ there: { decision, by } }) => [decision, by[0]?.rule])).toEqual([
      ['accept', 'tcp dport 1 accept'],
      ['drop', 'tcp dport 2 drop'],
      ['reject', 'udp dport 3 reject'],
    ])
    const other = { ...tcp(1), source: '192.0.2.99' }
    expect(await between.trace(other)).toMatchObject([{ there: { decision: 'unseen', by: [] }, back: null }])
  })
})

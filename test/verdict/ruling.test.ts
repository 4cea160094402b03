/** What a row says once the firewall has been asked: the sentence and the advice for each thing that it may have done. */
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../shared/journal/observation.ts'
import { drawVerdict } from '../../shared/verdict/draw.ts'
import type { Evidence } from '../../shared/verdict/facts.ts'
import type { Ruling } from '../../shared/verdict/ruling.ts'

const seen = (end: Observation['end'], sight: object): Observation =>
  ({ t: 1, host: 'x', end, connection: '1', port: 443, transport: 'tcp', ...sight }) as Observation
const failed = (code: string) => [seen('initiator', { what: 'connect-failed', detail: { code, after: 1 } })]
const accepted = seen('responder', { what: 'accepted', detail: {} })

const evidence: Record<string, Partial<Evidence>> = {
  exposed: {
    initiator: [seen('initiator', { what: 'connected', detail: {} })],
    responder: [accepted],
    mustNotPass: true,
  },
  filtered: { initiator: failed('TIMEOUT') },
  'filtered on the way back': { initiator: failed('TIMEOUT'), responder: [accepted] },
  refused: { initiator: failed('ECONNREFUSED') },
  unreachable: { initiator: failed('EHOSTUNREACH') },
}
const by = (rule: string | null): Ruling['by'] => [{ table: 'inet fw', chain: 'forward', rule }]
const draw = (row: string, ruling?: Partial<Ruling>) => {
  const empty: Evidence = {
    initiator: [],
    responder: [],
    carriers: [],
    elsewhere: [],
    oneWay: false,
    mustNotPass: false,
  }
  const names = {
    from: 'a',
    to: 'b',
    port: 443,
    transport: 'tcp',
    at: '203.0.113.10:443',
    between: 'the firewall',
    carrier: null,
  } as const
  const whole: Ruling = { decision: 'drop', direction: 'there', by: [], translation: null, ...ruling }
  return drawVerdict({ ...empty, ...evidence[row] }, { ...names, ...(ruling ? { ruling: whole } : {}) })
}

describe('the sentence of a row whose firewall was asked', () => {
  it.each<[string, Partial<Ruling>, string, string]>([
    [
      'exposed',
      { decision: 'accept', by: by('tcp accept comment "x"') },
      'lets it through by the rule `tcp accept comment "x"` of chain forward in table inet fw',
      'narrow that rule',
    ],
    [
      'exposed',
      { decision: 'accept', by: by(null) },
      'lets it through by the policy `accept` of chain forward in table inet fw',
      'give chain forward of table inet fw the policy drop',
    ],
    ['exposed', { decision: 'accept' }, 'lets it through: no chain of it looks at what is forwarded', 'load rules'],
    [
      'exposed',
      { decision: 'accept', by: by('accept'), translation: { table: 'ip nat', chain: 'pre', rule: 'dnat to 1.2.3.4' } },
      'after the rule `dnat to 1.2.3.4` of chain pre in table ip nat has translated it',
      'narrow that rule',
    ],
    [
      'filtered',
      { by: by('tcp drop') },
      'b saw nothing: the firewall drops it silently by the rule `tcp drop` of chain forward',
      'allow it before that rule: nftables: `ip daddr 203.0.113.10 tcp dport 443 accept`',
    ],
    [
      'filtered',
      { by: by(null) },
      'the firewall drops it silently by the policy `drop` of chain forward',
      'allow it: nftables:',
    ],
    [
      'filtered',
      { decision: 'accept', by: by('accept') },
      'the firewall lets it pass by the rule `accept` of chain forward in table inet fw, and it is lost behind it',
      'look behind the firewall',
    ],
    [
      'filtered',
      { decision: 'unseen' },
      'b saw nothing: the firewall saw nothing of it either',
      'look at the route of a (`ip route get 203.0.113.10`)',
    ],
    [
      'filtered',
      { decision: 'unrouted' },
      'it came to the firewall, where no rule stops it, and did not go on',
      'ip route get 203.0.113.10',
    ],
    [
      'filtered on the way back',
      { direction: 'back', by: by('drop') },
      'what comes back is dropped by the firewall by the rule `drop`',
      'let answers back',
    ],
    [
      'refused',
      { decision: 'reject', by: by('reject') },
      'b saw nothing: the firewall rejects it by the rule `reject`',
      'allow it before that rule',
    ],
    [
      'refused',
      { decision: 'accept', by: by('accept') },
      'the port is closed there, since the firewall lets it pass by the rule `accept`',
      'see that the service listens',
    ],
    [
      'unreachable',
      { decision: 'reject', by: by('reject') },
      'is unreachable (EHOSTUNREACH): the firewall rejects it by the rule `reject`',
      'allow it before that rule',
    ],
    [
      'unreachable',
      { decision: 'accept', by: by('accept') },
      'no route leads there from behind it, since the firewall lets it pass',
      'look behind the firewall',
    ],
    [
      'unreachable',
      { decision: 'unseen' },
      'no route leads there, since the firewall saw nothing of it',
      'ip route get',
    ],
  ])('%s, %j', (row, ruling, explanation, advice) => {
    const drawn = draw(row, ruling)
    expect(drawn.verdict).toBe(row.split(' ')[0])
    expect(drawn.explanation).toContain(explanation)
    expect(drawn.advice).toContain(advice)
  })

  it.each(Object.keys(evidence))('%s names no rule where nobody was asked', row => {
    const { explanation, advice } = draw(row)
    expect(explanation).not.toMatch(/rule|policy/)
    expect(advice).not.toBe('')
  })
})

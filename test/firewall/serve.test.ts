/** The firewall's management as verify and `rules --mutate` ask it: the token, what it refuses, rules taken out and put back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { missing } from '../nftables/kit.ts'
import { type Fence, fence, tcp } from './kit.ts'

const RULES = `table inet t { chain forward { type filter hook forward priority filter; policy drop; tcp dport 1 counter accept comment "one"; tcp dport 2 accept comment "two"; tcp dport 3 accept comment "three"; } }; table ip other { chain forward { type filter hook forward priority 5; policy accept; tcp dport 2 accept comment "two"; } }`

describe.skipIf(missing !== null)("the firewall's management", () => {
  let between: Fence
  beforeEach(async () => {
    between = await fence()
    await between.load(RULES)
  })
  afterEach(() => between?.[Symbol.asyncDispose]())
  const rules = async () => (await between.listing('list', 'chain', 'inet', 't', 'forward')).match(/"\w+"/g)?.join(' ')

  it('is healthy while rules for what is forwarded are loaded, and says so to everybody', async () => {
    expect(await between.ask('GET', '/health', undefined, 'nobody')).toMatchObject({
      status: 200,
      body: { ready: true },
    })
    await between.load('table inet t { chain input { type filter hook input priority filter; policy drop; } }')
    expect(await between.ask('GET', '/health')).toMatchObject({ status: 503, body: { ready: false } })
  })

  it.each([
    ['POST', '/traces', { attempts: [tcp(1)] }],
    ['DELETE', '/traces/1', undefined],
    ['POST', '/cuts', { match: 'tcp dport 1' }],
    ['DELETE', '/cuts/1', undefined],
  ] as const)('%s %s wants the token', async (method, path, body) => {
    expect((await between.ask(method, path, body, 'a wrong one')).status).toBe(401)
    expect(await rules()).toBe('"one" "two" "three"')
  })

  it.each([
    ['a rule for an address', { attempts: [{ ...tcp(1), source: '10.0.0.0/8 accept' }] }],
    ['another protocol', { attempts: [{ ...tcp(1), transport: 'sctp' }] }],
    ['a port that is none', { attempts: [tcp(70_000)] }],
    ['nothing', { attempts: [] }],
    ['more than 20', { attempts: Array.from({ length: 21 }, (_, port) => tcp(port + 1)) }],
  ])('takes no %s as an attempt', async (_what, body) => {
    expect((await between.ask('POST', '/traces', body)).status).toBe(400)
  })

  it('follows 20 attempts at once', async () => {
    const rulings = await between.trace(...Array.from({ length: 20 }, (_, port) => tcp(port + 1)))
    const decided = rulings.map(({ there }) => there.decision)
    expect(decided).toEqual([...Array(3).fill('accept'), ...Array(17).fill('drop')])
  })

  it.each(['one', 'two', 'three'])('takes out rule %s, and puts it back where it was, with its counter', async name => {
    await between.trace(tcp(1))
    const before = await between.listing('list', 'ruleset')
    const match = { one: 'tcp dport 1', two: 'tcp dport 2 accept comment "two"', three: 'tcp dport 3' }[name] ?? ''
    if (name === 'two') await between.listing('delete', 'table', 'ip', 'other')
    const whole = name === 'two' ? await between.listing('list', 'ruleset') : before
    const { status, body } = await between.ask('POST', '/cuts', { match })
    expect(status).toBe(201)
    const { id, rule } = body as { id: string; rule: string }
    expect(rule).toContain(`comment "${name}"`)
    expect(await rules()).not.toContain(name)
    expect(await between.ask('POST', '/cuts', { match: 'tcp dport' })).toMatchObject({ status: 409 })
    expect(await between.ask('DELETE', `/cuts/${id}`)).toMatchObject({ status: 204 })
    expect(await between.listing('list', 'ruleset')).toBe(whole)
    expect(await between.ask('DELETE', `/cuts/${id}`)).toMatchObject({ status: 404 })
  })

  it('takes out nothing where no rule or more than one says so', async () => {
    expect(await between.ask('POST', '/cuts', { match: 'tcp dport 2' })).toMatchObject({
      status: 409,
      body: { error: 'not one rule but 2 of the firewall says: tcp dport 2' },
    })
    expect(await between.ask('POST', '/cuts', { match: 'tcp dport 4' })).toMatchObject({
      status: 409,
      body: { error: 'no rule of the firewall says: tcp dport 4' },
    })
    expect(await rules()).toBe('"one" "two" "three"')
  })

  it('puts a rule back by itself, and ends a trace, when nobody comes back for them', async () => {
    await using hasty = await fence(300)
    await hasty.load(RULES)
    const whole = await hasty.listing('list', 'ruleset')
    await hasty.ask('POST', '/cuts', { match: 'tcp dport 1' })
    await hasty.ask('POST', '/traces', { attempts: [tcp(2)] })
    await expect.poll(() => hasty.listing('list', 'ruleset')).toBe(whole)
  })

  it('leaves the rules as they were when it is stopped, within 2 s', async () => {
    await between.ask('POST', '/cuts', { match: 'tcp dport 1' })
    await between.ask('POST', '/traces', { attempts: [tcp(1)] })
    expect(await between.listing('list', 'tables')).toContain('ksc_lab_trace_')
    const begun = performance.now()
    expect(await between.end()).toBe(0)
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(await rules()).toBe('"one" "two" "three"')
    expect(await between.listing('list', 'tables')).not.toContain('ksc_lab_trace_')
  })
})

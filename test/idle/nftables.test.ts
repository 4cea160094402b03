/** The kernel's own firewall, with its own time-out for established connections: it forgets without a word. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FencedLab, fencedLab, missing } from '../nftables/kit.ts'

describe.skipIf(missing !== null)('connections that nftables forgets after a second', () => {
  let lab: FencedLab
  beforeAll(async () => {
    lab = await fencedLab('lan')
    await set('nf_conntrack_tcp_timeout_established', 1)
  }, 60_000)
  afterAll(() => lab?.[Symbol.asyncDispose]())

  const set = async (name: string, value: number) => {
    const { code, stderr } = await lab.run('sh', '-c', `echo ${value} > /proc/sys/net/netfilter/${name}`)
    if (code !== 0) throw new Error(stderr)
  }
  const held = async (...rules: string[]) => {
    for (const rule of rules) await lab.nft(`add rule inet t input ${rule}`)
    const { results } = await lab.verify('--flow', '4', '--idle', '2.5', '--timeout', '1')
    await lab.nft('flush chain inet t input')
    expect(results).toHaveLength(2)
    return results
  }

  it('and whose next packet it drops: silence at both ends', async () => {
    await set('nf_conntrack_tcp_loose', 0)
    for (const { verdict, idle, explanation } of await held(
      'tcp dport 13000 ct state invalid drop',
      'tcp sport 13000 ct state invalid drop',
    )) {
      expect(verdict).toBe('idle-cut')
      expect(idle).toEqual({
        seconds: 2.5,
        initiator: { saw: 'silence', after: null },
        responder: { saw: 'silence', after: null },
      })
      expect(explanation).toContain('forgot it within that time without telling anybody, and drops what still comes')
    }
  })

  it('and whose next packet it answers with RST: the end that speaks first hears it first', async () => {
    await set('nf_conntrack_tcp_loose', 0)
    const reject = 'ct state invalid tcp flags & rst == 0 reject with tcp reset'
    for (const { verdict, idle, explanation } of await held(`tcp dport 13000 ${reject}`, `tcp sport 13000 ${reject}`)) {
      expect([verdict, idle?.responder.saw, idle?.initiator.saw]).toEqual(['idle-cut', 'rst', 'rst'])
      expect(idle?.responder.after).toBeGreaterThanOrEqual(2.5)
      expect(explanation).toContain('forgot it within that time, and answers the next packet so')
    }
  })

  it('and takes up again for a packet of the device, not for one of the Server', async () => {
    await set('nf_conntrack_tcp_loose', 1)
    for (const { verdict, idle, explanation } of await held(
      'ct state established accept',
      'tcp sport 13000 ct state new drop',
    )) {
      expect([verdict, idle?.initiator.saw, idle?.responder.saw]).toEqual(['idle-cut', 'late', 'word'])
      expect(idle?.initiator.after).toBeGreaterThan(3.4)
      expect(explanation).toContain('lets through what klserver says only after agent-')
    }
  })

  it('and remembers for as long as they are held: delivered', async () => {
    await set('nf_conntrack_tcp_timeout_established', 60)
    await set('nf_conntrack_tcp_loose', 0)
    const drop = ['tcp dport 13000 ct state invalid drop', 'tcp sport 13000 ct state invalid drop']
    for (const { verdict, idle } of await held(...drop)) expect([verdict, idle?.seconds]).toEqual(['delivered', 2.5])
  })
})

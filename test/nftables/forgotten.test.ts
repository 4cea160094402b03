/** The signal connection and the kernel's own firewall: a connection that is forgotten without a word, and a rule that goes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FencedLab, fencedLab, missing } from './kit.ts'

const SERVER = '127.10.0.10'
const GATEWAY = '127.20.0.10'
const KEEP_ALIVE = 1

describe.skipIf(missing !== null)('the signal connection through nftables', () => {
  let lab: FencedLab
  beforeAll(async () => {
    lab = await fencedLab('gateway', { KSC_LAB_SIGNAL_KEEPALIVE: String(KEEP_ALIVE), KSC_LAB_CONNECT_TIMEOUT: '1' })
  }, 60_000)
  afterAll(() => lab?.[Symbol.asyncDispose]())

  const states = async () => (await lab.signals()).map(({ state }) => state)
  const carried = async () => (await lab.verify('--flow', '4a-agents')).results.map(({ verdict }) => verdict)

  it('that the firewall has forgotten, dropping all its packets from now on, is noticed and dialled anew', async () => {
    await expect.poll(states, { timeout: 10_000 }).toEqual(['established'])
    // Those for the devices end with their first contact.
    await expect.poll(() => lab.portsOf(SERVER, GATEWAY), { timeout: 10_000 }).toHaveLength(1)
    const [port] = await lab.portsOf(SERVER, GATEWAY)
    await lab.nft(`add rule inet t input ip saddr ${SERVER} ip daddr ${GATEWAY} tcp sport ${port} counter drop`)
    await lab.nft(`add rule inet t input ip saddr ${GATEWAY} ip daddr ${SERVER} tcp dport ${port} counter drop`)
    const anew = (ports: number[]) => ports.length > 0 && !ports.includes(Number(port))
    await expect.poll(() => lab.portsOf(SERVER, GATEWAY), { timeout: 10_000 }).toSatisfy(anew)
    await expect.poll(states, { timeout: 10_000 }).toEqual(['established'])
    expect(await carried()).toEqual(['delivered', 'delivered', 'delivered'])
    await lab.nft('flush chain inet t input')
  })

  it('whose rule is gone is lost, and says so: 4a is filtered, and devices are told to mend it first', async () => {
    await lab.nft(`add rule inet t input ip saddr ${SERVER} ip daddr ${GATEWAY} tcp dport 13000 drop`)
    await expect.poll(states, { timeout: 10_000 }).toEqual(['lost'])
    const [signal] = await lab.signals()
    expect(signal?.since).toBeGreaterThan(Date.now() - 30_000)
    const { results } = await lab.verify('--flow', '4a,4a-agents', '--timeout', '1')
    expect(results.map(({ flow, verdict }) => `${flow} ${verdict}`)).toEqual([
      '4a filtered',
      ...Array(3).fill('4a-agents reset'),
    ])
    for (const { advice } of results.slice(1)) expect(advice).toContain('arrow 4a')
    await lab.nft('flush chain inet t input')
    await expect.poll(states, { timeout: 10_000 }).toEqual(['established'])
    expect(await carried()).toEqual(['delivered', 'delivered', 'delivered'])
  })
})

/** `verify --idle` as a library and as a command: what holds, and each way in which a box cuts what is idle. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { type MiddleboxOptions, startMiddlebox } from '../../shared/faults/index.ts'

const held = (result: Result | undefined) => [result?.idle?.initiator.saw, result?.idle?.responder.saw]

/** Exercises and holds arrows through a box that cuts after half a second without a byte. */
async function cutBy(lab: Lab, flow: string, port: string, how: MiddleboxOptions, idle = 1_200): Promise<Result[]> {
  const [host = '', number = ''] = port.split(':')
  await using box = await startMiddlebox('idle-cut', lab.endpoint(host, Number(number)), { seconds: 0.5, ...how })
  const route = { [port]: { host: box.at.address, port: box.at.port } }
  return (await lab.verify({ flows: [flow], timeout: 400, route, idle })).results
}

describe.each([
  ['lan', '4', 'klserver:13000'],
  ['gateway', '4a', 'gateway:13000'],
  ['gateway', '4a-agents', 'gateway:13000'],
  ['gateway-segment', 'x-gw-segment', 'klserver:13000'],
  ['gateway-segment', 'x-gw-segment-agents', 'gateway:13000'],
  ['gateway-segment', 'x-dp-push', 'gateway:13295'],
] as const)('%s, arrow %s', (topology, flow, port) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab(topology, { seed: 1 })
  })
  afterAll(() => lab.stop())

  it('holds, and says for how long', async () => {
    const { results } = await lab.verify({ flows: [flow], idle: 700 })
    expect(results.length).toBeGreaterThan(0)
    for (const result of results) {
      expect(result).toMatchObject({ verdict: 'delivered', asExpected: true, idle: { seconds: 0.7 } })
      expect(held(result)).toEqual(['word', 'word'])
      expect(result.idle?.initiator.after).toBeGreaterThanOrEqual(0.69)
      expect(result.explanation).toContain('kept still for 0.7 s')
    }
  })

  it.each([
    ['fin', ['fin', 'fin'], 'cuts what is idle for 0.5 s'],
    ['rst', ['rst', 'rst'], 'cuts what is idle for 0.5 s'],
    ['silent', ['silence', 'silence'], 'forgot it within that time without telling anybody'],
  ] as const)('cut by %s', async (way, ends, words) => {
    const results = await cutBy(lab, flow, port, { way })
    expect(results.length).toBeGreaterThan(0)
    for (const result of results) {
      expect(result).toMatchObject({ verdict: 'idle-cut', asExpected: false, idle: { seconds: 1.2 } })
      expect([result.id, ...held(result)]).toEqual([result.id, ...ends])
      expect(result.explanation).toContain(words)
      expect(result.explanation).toContain('the box at 127.0.0.1:')
      expect(result.advice).toContain('proxy_timeout')
      if (way !== 'silent') expect(result.idle?.initiator.after).toBeCloseTo(0.5, 0)
    }
  })
})

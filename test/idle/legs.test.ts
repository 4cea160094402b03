/** By way of a gateway in a DMZ a device's connection has two legs: the verdict says on which of them it was cut. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMiddlebox } from '../../shared/faults/index.ts'
import { type Detoured, startDetoured } from '../gateway/detoured.ts'

let lab: Detoured
beforeAll(async () => {
  lab = await startDetoured()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe('4a-agents, held', () => {
  it.each(['fin', 'rst'] as const)('and cut by %s between the device and the gateway', async way => {
    await using box = await startMiddlebox('idle-cut', lab.endpoint('gateway', 13000), { seconds: 0.4, way })
    const result = await lab.verify(400, box.at, 1_000)
    expect(result).toMatchObject({ verdict: 'idle-cut', idle: { initiator: { saw: way }, responder: { saw: way } } })
    expect(result?.explanation).toMatch(/the box at 127\.0\.0\.1:\d+ cuts what is idle for 0\.4 s$/)
  })

  it('and reset between the gateway and the Server', async () => {
    const verifying = lab.verify(400, undefined, 1_500)
    await sleep(700)
    lab.wire.cut()
    const result = await verifying
    expect(result).toMatchObject({
      verdict: 'idle-cut',
      idle: { initiator: { saw: 'rst' }, responder: { saw: 'rst' } },
    })
    expect(result?.explanation).toContain('by way of gateway')
    expect(result?.explanation).toContain('whatever stands between gateway and klserver cuts what is idle for')
  })
})

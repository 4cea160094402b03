/** Machines that are turned off and on: the Server comes back to the gateway, and devices to the Server. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { noted } from '../klserver/kit.ts'
import { device, refusals, signalIs, since, startPair, turnedAway } from './kit.ts'

let lab: Lab
beforeEach(async () => {
  lab = await startPair({ signalKeepAlive: 200 })
})
afterEach(() => lab.stop())

const served = async () => (await turnedAway(lab)).code

it('the gateway is off and on again: the Server dials it anew', async () => {
  const from = since(lab)
  await lab.stopHost('gateway')
  await sleep(300)
  await lab.startHost('gateway')
  await signalIs(lab, 'established', from)
  expect(await served()).toBe('SERVED')
})

it('the Server is off: a device is reset at once; it is on again: served', async () => {
  const from = since(lab)
  await lab.stopHost('klserver')
  await signalIs(lab, 'lost', from)
  const { code, after } = await turnedAway(lab)
  expect(code).toBe('ECONNRESET')
  expect(after).toBeLessThan(500)
  expect(refusals(lab, from)).toContain('server-away')
  await lab.startHost('klserver')
  await signalIs(lab, 'established', from)
  expect(await served()).toBe('SERVED')
})

it('what was carried ends when the Server goes off, in words; and by a reset when the gateway does', async () => {
  using first = await device(lab)
  await lab.stopHost('klserver')
  await first.ended
  const from = since(lab)
  await lab.startHost('klserver')
  await signalIs(lab, 'established', from)
  using second = await device(lab)
  await lab.stopHost('gateway')
  await second.ended
  expect(second.broken).toBe('ECONNRESET')
})

it('a device that waits for its data connection is told when the signal connection goes', async () => {
  const from = since(lab)
  const waiting = Array.from({ length: 20 }, () => turnedAway(lab))
  await lab.stopHost('klserver')
  const answers = await Promise.all(waiting)
  for (const { code, after } of answers) {
    expect(['SERVED', 'ECONNRESET', 'FIN']).toContain(code)
    expect(after).toBeLessThan(2_000)
  }
  for (const code of refusals(lab, from)) expect(code).toBe('server-away')
})

it('a whole lab delivers again after Server and gateway were off', async () => {
  await using whole = await startLab('gateway', { settings: { signalKeepAlive: 200 }, seed: 1 })
  for (const names of [['gateway'], ['klserver'], ['klserver', 'gateway']]) {
    const from = since(whole)
    await Promise.all(names.map(name => whole.stopHost(name)))
    for (const name of names) await whole.startHost(name)
    await signalIs(whole, 'established', from)
    const { results } = await whole.verify({ flows: ['4a', '4a-data', '4a-agents'] })
    expect(results.filter(({ verdict }) => verdict !== 'delivered')).toEqual([])
  }
  expect(
    noted(whole, 'signal').filter(({ host, detail }) => host === 'klserver' && detail.state === 'established').length,
  ).toBe(4)
})

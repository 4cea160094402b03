/** The life of the signal connection: its loss is noticed, told, and mended. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../services/klserver/store/index.ts'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import type { Observation } from '../../shared/journal/observation.ts'
import { journalled, noted } from '../klserver/kit.ts'
import { type Detoured, startDetoured } from './detoured.ts'
import { refusals, signalIs, since, turnedAway } from './kit.ts'

const KEEP_ALIVE = 200

let lab: Detoured
beforeEach(async () => {
  lab = await startDetoured({ signalKeepAlive: KEEP_ALIVE, connectTimeout: 300, syncInterval: 600_000 })
  // Both agents have delivered that they have started.
  for (const name of ['roamer-1', 'gateway']) await expect.poll(() => pending(name), { timeout: 10_000 }).toEqual([])
})
afterEach(() => lab[Symbol.asyncDispose]())

const below = (ms: number) => expect.toSatisfy((after: number) => after < ms, `less than ${ms} ms`)

const pending = (name = 'roamer-1'): string[] => {
  const file = readFileSync(join(lab.folder(name, 'klnagent'), 'agent.json'), 'utf8')
  return (JSON.parse(file) as { outbox: { eventId: string }[] }).outbox.map(({ eventId }) => eventId)
}

async function silenced(): Promise<{ from: number; lost: Observation[] }> {
  const from = since(lab)
  lab.wire.silence()
  await signalIs(lab, 'lost', from)
  return { from, lost: noted(lab, 'signal').filter(({ t, detail }) => t >= from && detail.state === 'lost') }
}

it('lives through many periods while both sides hear each other', async () => {
  const connections = lab.wire.connections()
  await sleep(KEEP_ALIVE * 8)
  expect(noted(lab, 'signal').map(({ detail }) => detail.state)).toEqual(['established', 'established'])
  expect(lab.wire.connections()).toBe(connections)
})

it('a peer that falls silent is noticed at both ends within two periods', async () => {
  const { from, lost } = await silenced()
  expect(lost.map(({ host }) => host).sort()).toEqual(['gateway', 'klserver'])
  for (const { t, host, detail } of lost) {
    expect(detail, host).toMatchObject({ reason: 'read-timeout' })
    // Then the FIN, which nobody answers, has its second.
    expect(t - from, host).toBeLessThan(2 * KEEP_ALIVE + 1_000 + 250)
  }
})

it('and from then on a device is reset at once, also in the second in which the last FIN is not answered', async () => {
  const from = since(lab)
  lab.wire.silence()
  await sleep(2 * KEEP_ALIVE + 100)
  expect(noted(lab, 'signal').filter(({ t, host }) => t > from && host === 'gateway')).toEqual([])
  expect(await turnedAway(lab)).toMatchObject({ code: 'ECONNRESET', after: below(300) })
  expect(refusals(lab, from)).toEqual(['server-away'])
})

it('one that arrives before anybody has noticed is told as soon as somebody has', async () => {
  const from = since(lab)
  lab.wire.silence()
  expect(await turnedAway(lab)).toMatchObject({ code: 'ECONNRESET', after: below(2 * KEEP_ALIVE + 1_250) })
  expect(refusals(lab, from)).toEqual(['server-away'])
})

it('comes back by itself when the way is there again, and devices arrive', async () => {
  const { from } = await silenced()
  lab.wire.speak()
  await signalIs(lab, 'established', from)
  expect(await lab.verify()).toMatchObject({ verdict: 'delivered', via: ['gateway'] })
})

it('a cut by reset is noticed at once, and what was carried is reset too', async () => {
  const from = since(lab)
  lab.wire.cut()
  await signalIs(lab, 'lost', from)
  const lost = noted(lab, 'signal').filter(({ t, detail }) => t >= from && detail.state === 'lost')
  for (const { t } of lost) expect(t - from).toBeLessThan(KEEP_ALIVE)
  await signalIs(lab, 'established', from)
  expect((await lab.verify())?.verdict).toBe('delivered')
})

describe('while it is lost', () => {
  it('a device is reset at once, and the verdict names the gateway, why, and what to mend first', async () => {
    await silenced()
    const started = performance.now()
    const result = await lab.verify(5_000)
    expect(performance.now() - started, 'and not after a time-out').toBeLessThan(1_000)
    expect(result).toMatchObject({ verdict: 'reset', asExpected: false })
    expect(result?.explanation).toContain('The connection gateway gateway received it and did not carry it on')
    expect(result?.explanation).toMatch(/no signal connection from the Server: lost since \d{4}-.*read-timeout/)
    expect(result?.advice).toBe('bring back the signal connection first: arrow 4a, klserver to gateway:13000')
    const refused = result?.evidence.filter(({ what }) => what === 'carry-refused')
    expect(refused).toMatchObject([{ host: 'gateway', detail: { code: 'server-away' } }])
  })

  it("and so it does where a box of the user's dials the gateway in the device's place", async () => {
    await silenced()
    await using box = await startMiddlebox('delivered', lab.endpoint('gateway', 13000), { transport: 'tcp' })
    const result = await lab.verify(5_000, box.at)
    expect(result?.explanation).toMatch(/did not carry it on: no signal connection from the Server/)
    expect(result?.advice).toContain('arrow 4a')
  })

  it('what a device has to say is kept on it, and arrives exactly once afterwards', async () => {
    const { from } = await silenced()
    // Its start is an event.
    for (const life of [1, 2, 3]) {
      await lab.stopHost('roamer-1')
      const starting = since(lab)
      await lab.startHost('roamer-1')
      await journalled(lab, ({ t, what, host }) => t > starting && what === 'carry-refused' && host === 'gateway')
      await expect.poll(() => pending().length).toBe(life)
    }
    const kept = pending()
    lab.wire.speak()
    await signalIs(lab, 'established', from)
    expect((await lab.verify())?.verdict).toBe('delivered')
    await expect.poll(() => pending()).toEqual([])
    await lab.stopHost('klserver')
    const store = await openStore(join(lab.folder('klserver', 'klserver'), 'klserver.sqlite'))
    try {
      const ids = (await store.events()).map(({ id }) => id)
      expect(ids.filter(id => kept.includes(id)).sort()).toEqual([...kept].sort())
      expect(new Set(ids).size).toBe(ids.length)
    } finally {
      await store.close()
    }
  })
})

it('the Server tries again after 0.5 to 1 s, then after longer: each failure doubles the wait', async () => {
  const from = since(lab)
  await lab.stopHost('gateway')
  const attempts = () =>
    noted(lab, 'connecting').filter(
      ({ t, host, detail }) => t > from && host === 'klserver' && detail.to === 'gateway:13000',
    )
  await expect.poll(() => attempts().length, { timeout: 10_000 }).toBe(3)
  const lost = noted(lab, 'signal').find(
    ({ t, host, detail }) => t > from && host === 'klserver' && detail.state === 'lost',
  )
  const times = [lost?.t ?? 0, ...attempts().map(({ t }) => t)]
  const waits = times.slice(1).map((t, index) => t - (times[index] ?? 0))
  // No jitter here: half of 1, 2 and 4 s.
  for (const [index, wait] of waits.entries()) {
    expect(wait, `wait ${index}`).toBeGreaterThanOrEqual(500 * 2 ** index - 20)
    expect(wait, `wait ${index}`).toBeLessThan(500 * 2 ** index + 400)
  }
})

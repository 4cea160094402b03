/** Ends pass through the gateway as they are. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { encodeFrame, type WireMap } from '../../shared/wire/frame.ts'
import { event, hello, noted, sync, works } from '../klserver/kit.ts'
import { arrive, device, since, startPair } from './kit.ts'

const frames = (...messages: object[]) => Buffer.concat(messages.map(message => encodeFrame(message as WireMap)))

describe.each(['gateway', 'gateway-segment'] as const)('through %s', topology => {
  // In a DMZ the other leg has come to the gateway, too: the Server's data connection.
  const theirs = (device: string, data: string) => (topology === 'gateway' ? [data, device] : [device])
  const ends = (lab: Lab, from: number, host: string) =>
    noted(lab, 'closed')
      .filter(entry => entry.t > from && entry.host === host && entry.end === 'responder' && entry.port === 13000)
      .map(({ detail }) => detail.how)
      .sort()

  it('a half-close leaves every answer its way', async () => {
    await using lab = await startPair({}, topology)
    using caller = await arrive(lab)
    const greeting = hello({ host: 'half' })
    const happened = event()
    caller.socket.end(frames(greeting, sync(1), { ...happened, id: 2 }))
    expect(await caller.rest()).toMatchObject([
      { type: 'welcome', nonce: greeting.nonce },
      { type: 'synced', id: 1 },
      { type: 'stored', id: 2, eventId: happened.eventId, known: false },
    ])
    expect(caller.broken).toBeUndefined()
  })

  it("a device's reset is a reset for the Server", async () => {
    await using lab = await startPair({}, topology)
    using caller = await device(lab)
    const from = since(lab)
    caller.reset()
    await expect.poll(() => ends(lab, from, 'gateway')).toEqual(theirs('rst', 'local'))
    await expect.poll(() => ends(lab, from, 'klserver')).toEqual(['rst'])
  })

  it("a device's end is an end", async () => {
    await using lab = await startPair({}, topology)
    using caller = await device(lab)
    const from = since(lab)
    caller.socket.end()
    await caller.ended
    expect(caller.broken).toBeUndefined()
    await expect.poll(() => ends(lab, from, 'gateway')).toEqual(theirs('fin', 'fin'))
    await expect.poll(() => ends(lab, from, 'klserver')).toEqual(['fin'])
  })

  it('a device that is refused by the Server hears it in its words', async () => {
    await using lab = await startPair({}, topology)
    using caller = await arrive(lab)
    caller.send(hello({ role: 'console' }))
    expect(await caller.rest()).toMatchObject([{ type: 'error', code: 'role-refused' }])
  })

  it('a megabyte each way arrives whole, in front of a FIN', async () => {
    await using lab = await startPair({}, topology)
    using caller = await device(lab)
    const text = 'x'.repeat(2_000)
    const many = Array.from({ length: 500 }, (_, index) => ({ ...event({ text }), id: index + 1 }))
    caller.socket.end(frames(...many))
    const answers = await caller.rest()
    expect(answers.map(({ id }) => id)).toEqual(many.map(({ id }) => id))
  })

  it('the gateway that is stopped resets whom it carries, and those who wait', async () => {
    await using lab = await startPair({}, topology)
    using caller = await device(lab)
    expect(await works(caller)).toBe(true)
    await lab.stopHost('gateway')
    await caller.ended
    expect(caller.broken).toBe('ECONNRESET')
  })
})

it('one who says nothing to the gateway is not carried, and gives his place back in time', async () => {
  await using lab = await startPair({ helloTimeout: 200 })
  const { address, port } = lab.endpoint('gateway', 13000)
  const from = since(lab)
  const socket = connect({ host: address, port })
  await once(socket, 'connect')
  await once(socket.resume(), 'close')
  expect(noted(lab, 'carried').filter(({ t }) => t > from)).toEqual([])
  const closed = noted(lab, 'closed').filter(({ t, host }) => t > from && host === 'gateway')
  expect(closed.at(-1)?.detail).toMatchObject({ how: 'timeout', code: 'NO_BYTES' })
})

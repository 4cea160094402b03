/** Wake-on-LAN and UEFI devices, from both ends. */
import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { macOf, magicPacket } from '../../shared/wire/magic-packet.ts'
import { deviceOf, dial, hello, journalled, newNonce, noted } from '../klserver/kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab('other-ports', { seed: 1 })
})
afterAll(() => lab.stop())

it('every arrow of the topology is delivered', async () => {
  const { results } = await lab.verify()
  expect(
    results.filter(({ verdict }) => verdict !== 'delivered').map(({ id, explanation }) => [id, explanation]),
  ).toEqual([])
  expect(new Set(results.map(({ flow }) => flow))).toEqual(new Set(lab.topology.arrows))
})

describe('a network card', () => {
  const send = async (bytes: Buffer) => {
    const { address, port } = lab.endpoint('agent-1', 7, 'udp')
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => socket.send(bytes, port, address, () => resolve()))
    socket.close()
  }

  it('hears its own address, and writes down why it does not obey what calls another, or is no magic packet', async () => {
    await send(magicPacket(macOf(0, 102), newNonce()))
    await send(Buffer.from('wake up'))
    const nonce = newNonce()
    await send(magicPacket(macOf(0, 101), nonce))
    await journalled(
      lab,
      entry => entry.host === 'agent-1' && entry.nonce === nonce && entry.what === 'request-received',
    )
    const reasons = noted(lab, 'datagram-refused').filter(({ host, port }) => host === 'agent-1' && port === 7)
    expect(reasons.map(({ detail }) => detail.reason)).toEqual([
      'it calls 02:4b:53:43:00:66; this card is 02:4b:53:43:00:65',
      'no magic packet: six bytes of FF and sixteen times a MAC address are expected',
    ])
  })
})

describe('13294', () => {
  it('takes UEFI devices, which the Server then lists, and nobody else', async () => {
    expect((await lab.verify({ flows: ['x-uefi'] })).results[0]?.verdict).toBe('delivered')
    expect(await deviceOf(lab, 'uefi-pc')).toMatchObject({ name: 'uefi-pc' })
    using agent = await dial(lab, 13294)
    expect(await agent.ask(hello())).toMatchObject({ type: 'error', code: 'role-refused' })
    using firmware = await dial(lab, 13000)
    expect(await firmware.ask(hello({ role: 'uefi-device' }))).toMatchObject({ type: 'error', code: 'role-refused' })
  })
})

/** Gateways do not cascade (topic 204420). Behind one in a segment the Server cannot tell: there the topology file is refused (test/config/relations.test.ts). */
import { expect, it } from 'vitest'
import { hello, noted } from '../klserver/kit.ts'
import { arrive, startPair } from './kit.ts'

it('a gateway that comes through another one is refused, and the next device is not', async () => {
  await using lab = await startPair()
  using other = await arrive(lab)
  const refusal = {
    type: 'error',
    code: 'cascade-refused',
    message:
      'other-gateway is a connection gateway and came through the gateway gateway; gateways do not cascade, so give it a way of its own',
  }
  expect(await other.ask(hello({ host: 'other-gateway', gateway: 'segment' }))).toEqual(refusal)
  await other.ended
  expect(noted(lab, 'message-refused').at(-1)).toMatchObject({
    host: 'klserver',
    port: 13000,
    detail: { code: refusal.code, message: refusal.message },
  })
  using device = await arrive(lab)
  expect(await device.ask(hello({ host: 'other-device' }))).toMatchObject({ type: 'welcome' })
})

/** The end of a lab with a gateway: nothing may be left open. */
import { expect, it } from 'vitest'
import { startLab } from '../../lab/start-lab.ts'
import { journalled } from '../klserver/kit.ts'
import { arrive, device, signalIs } from './kit.ts'

const handles = () =>
  process
    .getActiveResourcesInfo()
    .filter(name => /TCP|UDP|Pipe|TLS/.test(name))
    .sort()
const before = handles()

it.each(['gateway', 'gateway-segment'] as const)(
  'a lab with %s stops within 2 s and leaves nothing open',
  async topology => {
    const lab = await startLab(topology, { settings: { doNotDisconnect: true, signalKeepAlive: 100 }, seed: 1 })
    if (topology === 'gateway') await signalIs(lab, 'established')
    await lab.verify({ flows: topology === 'gateway' ? ['4a', '4a-data', '4a-agents'] : ['x-gw-segment-agents'] })
    const callers = [await device(lab), await device(lab), await arrive(lab)]
    const started = performance.now()
    await lab.stop()
    expect(performance.now() - started).toBeLessThan(2_000)
    for (const caller of callers) {
      await caller.ended
      caller.raw.destroy()
    }
    await expect.poll(handles, { timeout: 3_000 }).toEqual(before)
  },
)

it('a lab that is stopped while the Server is still dialling stops at once', async () => {
  const lab = await startLab('gateway', { external: ['gateway'], seed: 1 })
  await journalled(lab, ({ what, host }) => what === 'connect-failed' && host === 'klserver')
  const started = performance.now()
  await lab.stop()
  expect(performance.now() - started).toBeLessThan(2_000)
})

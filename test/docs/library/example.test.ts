import { startLab } from 'ksc-lab'
import { expect, test } from 'vitest'
import 'ksc-lab/vitest'
import { startMyProxy } from './my-proxy.ts'

test('my proxy passes agents through', async () => {
  await using lab = await startLab('lan')
  const klserver = lab.endpoint('klserver', 13000) // where your proxy has to forward to
  await using proxy = await startMyProxy(klserver)
  const report = await lab.verify({
    flows: ['4'],
    route: { 'klserver:13000': { host: '127.0.0.1', port: proxy.port } },
  })
  expect(report).toDeliver('4')
})

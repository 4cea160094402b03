/** Run by durability.test.ts in a process of its own: writes without end, says on stdout what the store acknowledged. */
import { writeSync } from 'node:fs'
import { openStore } from '../../services/klserver/store/index.ts'
import { AGENT, arrival } from './kit.ts'

const [file = '', round = ''] = process.argv.slice(2)
const store = await openStore(file)
await store.arrived(arrival())
for (let n = 0; ; n += 1) {
  const id = `${round}-${n}`
  await store.event({ agentId: AGENT, id, at: n, severity: 1, kind: 'test', text: 'x'.repeat(500) })
  await store.synchronised(AGENT, { applications: [{ name: id, version: '1' }], at: n })
  writeSync(1, `${id}\n`)
}

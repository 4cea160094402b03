/**
 * A store of 100,000 devices: how long it takes to fill, what FindHosts and a page of 1,000 hosts cost, and one contact of one agent.
 * In SQLite (a file), and in the database server of KSC_LAB_DATABASE where one is given; that database must be empty.
 *
 *   node bench/store.ts [devices]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { seededRandom } from '../lab/random.ts'
import { addressBook } from '../lab/start-lab.ts'
import { loadTopology } from '../lab/topologies.ts'
import { createOpenApi } from '../services/klserver/openapi/index.ts'
import { Accounts } from '../services/klserver/security/accounts.ts'
import { seedStore } from '../services/klserver/seed.ts'
import type { Store } from '../services/klserver/store/index.ts'
import { storeOf } from '../services/klserver/store/open.ts'
import { withDatabase } from '../shared/config/database-of.ts'
import { readSettings } from '../shared/config/settings.ts'
import { Journal } from '../shared/journal/journal.ts'
import { LocalSockets } from '../shared/net/local.ts'
import { createHost } from '../shared/net/node-host.ts'

const devices = Number(process.argv[2] ?? 100_000)
const RUNS = 60
const log = pino({ level: 'silent' })
const settings = readSettings(process.env)
const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-bench-'))

async function open(database: string | null): Promise<Store> {
  const own = { ...settings, database }
  const topology = withDatabase(loadTopology('lan'), own)
  const host = createHost({
    ...{ name: 'klserver', journal: new Journal(), local: new LocalSockets() },
    book: addressBook(topology, 'ephemeral'),
  })
  return (await storeOf({ host, topology, settings: own, state: folder, log })).store
}

const quantile = (times: number[], q: number) => [...times].sort((a, b) => a - b)[Math.floor(times.length * q)] ?? 0

async function timed(what: string, work: (n: number) => Promise<number>): Promise<void> {
  const times: number[] = []
  let found = 0
  for (let n = 0; n < RUNS; n += 1) {
    const begun = performance.now()
    found = await work(n)
    times.push(performance.now() - begun)
  }
  process.stdout.write(
    `  ${what.padEnd(52)} p50 ${quantile(times, 0.5).toFixed(1).padStart(7)} ms   p95 ${quantile(times, 0.95).toFixed(1).padStart(7)} ms   (${found})\n`,
  )
}

async function bench(title: string, database: string | null): Promise<void> {
  const store = await open(database)
  const begun = performance.now()
  await seedStore(store, devices, seededRandom(1))
  process.stdout.write(`${title}: ${devices} devices in ${((performance.now() - begun) / 1e3).toFixed(1)} s\n`)
  const administrator = { user: 'KLAdmin', password: 'x' }
  const app = createOpenApi({
    ...{ store, log, server: { name: 'klserver', version: '15.1' } },
    accounts: new Accounts({ administrator, attempts: 10 }),
  })
  const b64 = (text: string) => Buffer.from(text).toString('base64')
  const authorization = `KSCBasic user="${b64('KLAdmin')}", pass="${b64('x')}", internal="1"`
  const call = async (name: string, body: object) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/api/v1.0/${name}`,
      headers: { authorization, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    })
    const json = answer.json()
    if (json.PxgError) throw new Error(JSON.stringify(json.PxgError))
    return json
  }
  const fields = [
    'KLHST_WKS_HOSTNAME',
    'KLHST_WKS_DN',
    'KLHST_WKS_GROUPID',
    'KLHST_WKS_LAST_VISIBLE',
    'KLHST_WKS_STATUS',
    'KLHST_WKS_IP_LONG',
  ]
  const find = async (wstrFilter: string) =>
    call('HostGroup.FindHosts', { wstrFilter, vecFieldsToReturn: fields, lMaxLifeTime: 60 })
  const all = await store.devices({ name: { begins: 'ws-' } })
  const at = (n: number) => all[(n * 7_919) % all.length]
  const paged = async (filter: string) => {
    const { PxgRetVal, strAccessor } = await find(filter)
    await call('ChunkAccessor.GetItemsChunk', { strAccessor, nStart: 0, nCount: 1_000 })
    return PxgRetVal as number
  }
  const minute = (ms: number) => `T"${new Date(ms).toISOString().slice(0, 19)}Z"`
  await timed('FindHosts by name, and its page', n => paged(`(KLHST_WKS_DN="${at(n)?.displayName}")`))
  await timed('FindHosts by the beginning of a name, and its page', n =>
    paged(`(KLHST_WKS_DN="${at(n)?.displayName.slice(0, -2)}*")`),
  )
  await timed('FindHosts by group, and a page of 1,000', n => paged(`(KLHST_WKS_GROUPID=${at(n)?.groupId})`))
  await timed('FindHosts by last visible, and a page of 1,000', n => {
    const from = at(n)?.lastSeenAt ?? 0
    return paged(`(&(KLHST_WKS_LAST_VISIBLE>=${minute(from)})(KLHST_WKS_LAST_VISIBLE<${minute(from + 10_000_000)}))`)
  })
  const whole = performance.now()
  const { strAccessor } = await find('')
  process.stdout.write(`  FindHosts of all, once: ${(performance.now() - whole).toFixed(0)} ms\n`)
  await timed('a page of 1,000 of all', async n => {
    const nStart = (n * 1_000) % devices
    const { PxgRetVal } = await call('ChunkAccessor.GetItemsChunk', { strAccessor, nStart, nCount: 1_000 })
    return PxgRetVal as number
  })
  const { agentId, hostId, name } = at(1) ?? { agentId: '', hostId: '', name: '' }
  await timed('one contact: hello, synchronisation, one event', async n => {
    await store.arrived({ agentId, name, address: '10.0.0.1', version: '15.1', os: 'Windows 11', at: Date.now() })
    await store.synchronised(agentId, { applications: [{ name: 'KES', version: '12' }], at: Date.now() })
    await Promise.all([store.byAgent(agentId), store.noticeKey(agentId), store.finishTasks(hostId, n)])
    await store.event({ agentId, id: `${n}`, at: n, severity: 1, kind: 'k', text: 't' })
    return 1
  })
  await app.close()
  await store.close()
}

try {
  process.stdout.write(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}\n`)
  await bench('SQLite', null)
  if (settings.database !== null) await bench(settings.database.split(':')[0] ?? '', settings.database)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../lab/random.ts'
import { seedStore } from '../../services/klserver/seed.ts'
import { type Device, openStore, type Store } from '../../services/klserver/store/index.ts'
import { AGENT, arrival } from '../store/kit.ts'
import { kinds, openAt } from './kit.ts'
import { type DatabaseServer, PASSWORD } from './servers.ts'

const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const event = (id: string, at = 1, agentId = AGENT) => ({
  ...{ agentId, id, at, severity: 2 as const, kind: 'KLPRCI_TaskState' },
  text: 'текст with 🙂, a " and a \' and a \\',
})

describe.each(kinds)('$name', { timeout: 60_000 }, ({ start, missing }) => {
  let server: DatabaseServer
  let store: Store
  beforeAll(async () => {
    if (missing !== null) return
    server = await start()
    store = await openAt(server.url())
  }, 60_000)
  afterAll(async () => {
    await store?.close()
    await server?.[Symbol.asyncDispose]()
  })
  const serverTest = test.skipIf(missing !== null)

  serverTest('has the same tables, columns and migrations as the embedded store', async () => {
    const columns = (text: string) => text.split('\n').sort()
    const tables = "'devices','events','policies','tasks','exercises','server_events'"
    const here = server.sql(
      `select concat(table_name, '.', column_name) from information_schema.columns where table_schema in ('ksc', 'public') and table_name in (${tables})`,
    )
    const { DatabaseSync } = await import('node:sqlite')
    const { temporaryFolder } = await import('../store/kit.ts')
    await using folder = await temporaryFolder()
    const file = `${folder.path}/klserver.sqlite`
    await (await openStore(file)).close()
    const embedded = new DatabaseSync(file)
    const there = embedded
      .prepare(
        `select m.name || '.' || p.name as c from sqlite_schema m, pragma_table_info(m.name) p where m.name in (${tables})`,
      )
      .all()
    const done = embedded.prepare('select name from kysely_migration order by name').all()
    embedded.close()
    expect(columns(here)).toEqual(there.map(({ c }) => String(c)).sort())
    expect(server.sql('select name from kysely_migration order by name').split('\n')).toEqual(
      done.map(({ name }) => name),
    )
  })

  serverTest('opened twice at once is prepared once, and hands out the same policies', async () => {
    const [one, other] = await Promise.all([openAt(server.url()), openAt(server.url())])
    try {
      expect(await one.policies()).toHaveLength(2)
      expect(await one.policies()).toEqual(await other.policies())
      expect(await one.tasks()).toEqual(await store.tasks())
    } finally {
      await Promise.all([one.close(), other.close()])
    }
  })

  serverTest('a device that arrives on many connections at once is one device, and keeps its key', async () => {
    const arrived = await Promise.all(Array.from({ length: 20 }, (_, at) => store.arrived(arrival({ at }))))
    expect(new Set(arrived.map(({ hostId }) => hostId)).size).toBe(1)
    const [device] = await store.devices()
    expect(device).toMatchObject({ agentId: AGENT, name: 'ws-1', state: 'on', applications: [], lastSyncAt: null })
    const key = await store.noticeKey(AGENT)
    await store.synchronised(AGENT, { applications: [{ name: 'KES', version: '12' }], at: 1_700_000_000_123 })
    expect(await store.noticeKey(AGENT)).toEqual(key)
    expect(await store.byAgent(AGENT)).toMatchObject({
      applications: [{ name: 'KES', version: '12' }],
      lastSyncAt: 1_700_000_000_123,
    })
    expect(await store.rename(device?.hostId ?? '', 'Приёмная')).toMatchObject({ displayName: 'Приёмная' })
    expect(await store.turnedOff(AGENT, 5)).toBe(true)
    expect(await store.turnedOff(guid(9), 5)).toBe(false)
  })

  serverTest(
    'the same event ten times at once is new once; ids differ by case; text comes back as it was',
    async () => {
      await store.arrived(arrival())
      const kept = await Promise.all(Array.from({ length: 10 }, () => store.event(event('e1'))))
      expect(kept.filter(word => word === 'new')).toHaveLength(1)
      expect(await store.event(event('E1', 2))).toBe('new')
      expect(await store.event({ ...event('nul', 3), text: 'a\0b' })).toBe('new')
      const [nul, , first] = await store.events(undefined, 10)
      expect(nul?.text).toBe('a\uFFFDb')
      expect(first).toMatchObject(event('e1'))
      expect(await store.events(undefined, 2)).toHaveLength(2)
      await expect(store.event(event('e', 1, guid(9)))).rejects.toThrow(guid(9))
    },
  )

  serverTest(
    'a wrong password, a database that is not there and a user without rights are told apart, and nothing else is told',
    async () => {
      const failure = async (url: string) => {
        const error = await openAt(url).then(
          open => open.close(),
          error => error,
        )
        expect(error).toMatchObject({ name: 'StoreError' })
        expect(JSON.stringify([error.message, error.hint])).not.toContain(PASSWORD)
        return error.message as string
      }
      expect(await failure(server.url('', 'klserver:nonsense'))).toMatch(
        /does not take klserver as its user: .*(denied|authentication failed)/,
      )
      expect(await failure(server.url().replace('/ksc', '/other'))).toMatch(/other/)
    },
  )

  serverTest('groups, policies, tasks, tags and events of the Server are kept as in the embedded store', async () => {
    const add = (name: string) => store.addGroup({ name, parentId: 0, at: 5 })
    const [a, again, b] = await Promise.all([add('Branch'), add('Branch'), add('Other')])
    expect(again.id).toBe(a.id)
    expect(b.id).not.toBe(a.id)
    await store.changeGroup(b.id, { name: 'Moved', parentId: a.id, at: 6 })
    expect((await store.groups()).find(({ id }) => id === b.id)).toMatchObject({
      name: 'Moved',
      parentId: a.id,
      changedAt: 6,
    })
    const policy = { groupId: b.id, active: false, product: 'KES', version: '12', at: 7 }
    const numbers = await Promise.all([
      store.addPolicy({ ...policy, name: 'One' }),
      store.addPolicy({ ...policy, name: 'Two' }),
    ])
    expect(new Set(numbers).size).toBe(2)
    expect(await store.activatePolicy(numbers[0] ?? 0, true)).toBe(true)
    expect((await store.policies()).find(({ name }) => name === 'One')).toMatchObject({
      active: true,
      revision: 2,
      createdAt: 7,
    })
    const other = await store.arrived(arrival({ agentId: guid(5), name: 'spare' }))
    const [task] = await store.tasks()
    await store.startTask(task?.number ?? 0, [other.hostId], 8)
    await store.finishTasks(other.hostId, 9)
    expect(await store.taskRuns(task?.number ?? 0)).toMatchObject([
      { hostId: other.hostId, startedAt: 8, finishedAt: 9 },
    ])
    await Promise.all([store.tags.add(['red']), store.tags.add(['red', 'Red'])])
    await store.tags.set(other.hostId, ['red', 'Red'])
    expect([...(await store.tags.of(other.hostId))].sort()).toEqual(['Red', 'red'])
    await store.serverEvent({ id: 'server-1', at: 9_999, severity: 1, kind: 'k', text: 'of the Server' })
    expect((await store.events(undefined, 1))[0]).toMatchObject({ id: 'server-1', hostId: '', at: 9_999 })
    await store.event(event('last', 10, guid(5)))
    expect(await store.removeDevice(other.hostId)).toBe(true)
    expect(await store.removeDevice(other.hostId)).toBe(false)
    expect(await store.tags.hostsWith('red')).toEqual([])
    await store.removeGroups([a.id, b.id])
    expect((await store.policies()).map(({ name }) => name)).not.toContain('One')
  })

  serverTest(
    'a seeded network is the same one as in the embedded store, and is found by the same indexes',
    async () => {
      const embedded = await openStore(':memory:')
      try {
        await Promise.all([store, embedded].map(one => seedStore(one, 1_200, seededRandom(1))))
        const [here, there] = await Promise.all([store, embedded].map(one => one.devices({ name: { begins: 'ws-' } })))
        const seededHere = here?.filter(({ agentId }) => agentId !== AGENT) ?? []
        const alike = (devices: Device[] = []) => devices.map(({ groupId: _, ...rest }) => rest)
        expect(alike(seededHere)).toEqual(alike(there))
        const [first] = seededHere
        expect(await store.devices({ name: { is: first?.name ?? '' } })).toEqual([first])
        expect(await store.devices({ groupId: first?.groupId ?? -1 })).toHaveLength(12)
        const at = first?.lastSeenAt ?? 0
        expect((await store.devices({ seen: { from: at, to: at + 30_000 } })).map(({ name }) => name)).toEqual(
          seededHere.slice(0, 4).map(({ name }) => name),
        )
        await expect(seedStore(store, 1_200, seededRandom(1))).rejects.toThrow(/in the store already/)
      } finally {
        await embedded.close()
      }
    },
  )

  serverTest('a database of a newer ksc-lab is refused, saying so', async () => {
    server.sql("insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01')")
    try {
      await expect(openAt(server.url())).rejects.toThrow(/newer ksc-lab/)
    } finally {
      server.sql("delete from kysely_migration where name = '9999-future'")
    }
  })

  serverTest('what was cut off in the middle of its preparation is prepared by the next start', async () => {
    await store.close()
    server.sql('drop table events')
    server.sql("delete from kysely_migration where name <> '0002-mobile-devices'")
    const half = await openAt(server.url()).then(
      open => open,
      error => error,
    )
    // PostgreSQL rolls back as a whole, so that no such half is ever there.
    if (half instanceof Error) {
      expect(server.url()).toMatch(/^postgres:/)
      server.sql('drop schema public cascade; create schema public authorization klserver')
    } else await half.close()
    store = await openAt(server.url())
    // Of the table that was lost; the Server's own are in another one.
    expect((await store.events()).filter(({ agentId }) => agentId !== '')).toEqual([])
  })
})

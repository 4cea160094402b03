import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openStore, StoreError } from '../../services/klserver/store/index.ts'
import { arrival, temporaryFolder } from './kit.ts'

const refusal = async (file: string): Promise<StoreError> => {
  const error = await openStore(file).then(
    () => null,
    error => error,
  )
  expect(error).toBeInstanceOf(StoreError)
  expect(error.message).toContain(file)
  expect(error.hint).not.toBe('')
  return error
}

async function storeFile(folder: string): Promise<string> {
  const file = join(folder, 'klserver.sqlite')
  const store = await openStore(file)
  for (let n = 0; n < 200; n += 1) await store.arrived(arrival({ agentId: `agent-${n}`, name: 'x'.repeat(200) }))
  await store.close()
  return file
}

test.each([
  ['a text', Buffer.from('these are somebody’s notes\n'.repeat(400)), /not an SQLite database/],
  ['one byte', Buffer.from('x'), /not an SQLite database/],
])('%s is refused and left as it is', async (_, bytes, words) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  await writeFile(file, bytes)
  expect((await refusal(file)).message).toMatch(words)
  expect(await readFile(file)).toEqual(bytes)
})

test("another application's database is refused and left as it is", async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  const foreign = new DatabaseSync(file)
  foreign.exec('create table customers (id integer)')
  foreign.close()
  const before = await readFile(file)
  expect((await refusal(file)).message).toMatch(/another application/)
  expect(await readFile(file)).toEqual(before)
})

test.each([
  ['cut short', (whole: Buffer) => whole.subarray(0, whole.length - 8_192)],
  ['overwritten in the middle', (whole: Buffer) => whole.fill(0x5a, whole.length / 2, whole.length / 2 + 4_096)],
])('a store %s is refused as damaged and left as it is', async (_, damage) => {
  await using folder = await temporaryFolder()
  const file = await storeFile(folder.path)
  const bytes = Buffer.from(damage(await readFile(file)))
  await writeFile(file, bytes)
  expect((await refusal(file)).message).toMatch(/damaged/)
  expect(await readFile(file)).toEqual(bytes)
})

test('a store of a newer ksc-lab is refused, saying so', async () => {
  await using folder = await temporaryFolder()
  const file = await storeFile(folder.path)
  const database = new DatabaseSync(file)
  database.exec("insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01')")
  database.close()
  expect((await refusal(file)).message).toMatch(/newer/)
})

test('a folder, and a file in a folder that is not there, are refused', async () => {
  await using folder = await temporaryFolder()
  await refusal(folder.path)
  await refusal(join(folder.path, 'missing', 'klserver.sqlite'))
})

test('an empty file becomes a store; commits are written ahead and synced', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  await writeFile(file, '')
  const store = await openStore(file)
  try {
    await store.arrived(arrival())
    const onlooker = new DatabaseSync(file, { readOnly: true })
    expect(onlooker.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(onlooker.prepare('select name from devices').all()).toEqual([{ name: 'ws-1' }])
    onlooker.close()
  } finally {
    await store.close()
  }
})

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { run, temporary } from './kit.ts'

test('seed fills the store of the topology’s Server, and says what it did', async () => {
  using folder = temporary()
  const seeded = await run(['seed', 'lan', '--devices', '250', '--rng', '7', '--state', folder.path, '--json'])
  expect(seeded).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(seeded.stdout)).toEqual({ devices: 250, groups: 100, total: 250 })
  const store = new DatabaseSync(join(folder.path, 'hosts/lan/klserver/klserver/klserver.sqlite'), { readOnly: true })
  expect(store.prepare('select count(*) as n, min(name) as first from devices').get()).toMatchObject({
    n: 250,
    first: expect.stringMatching(/^ws-[0-9a-f]{4}-000001$/),
  })
  store.close()
  const again = await run(['seed', 'lan', '--devices', '250', '--rng', '7', '--state', folder.path])
  expect(again).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/in the store already; give another --rng/),
  })
})

test.each([
  [['--devices', '100001'], {}, /a whole number from 1 to 100000 is expected/],
  [['--devices', '1', '--host', 'agent-1'], {}, /--host agent-1: an Administration Server is expected; .* klserver/],
  [
    ['--devices', '1'],
    { KSC_LAB_DATABASE: 'mysql://u:secret@h' },
    /environment: KSC_LAB_DATABASE="mysql:\/\/\*\*\*@h" is not accepted/,
  ],
])('seed %j with %j is refused', async (args, environment, words) => {
  using folder = temporary()
  const refused = await run(['seed', 'lan', ...args, '--state', folder.path], environment)
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) })
  expect(refused.stderr).not.toContain('secret')
})

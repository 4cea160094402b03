import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { nftables } from '../../lab/rules/nftables.ts'
import { ruleSet } from '../../lab/rules/ruleset.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { openAt } from './kit.ts'

const topology = loadTopology(fileURLToPath(new URL('sql-server.yaml', import.meta.url)))
let lab: Lab
beforeAll(async () => {
  lab = await startLab(topology, { settings: { helloTimeout: 400 } })
})
afterAll(() => lab.stop())

const port = () => lab.endpoint('dbms', 1433).port
const verified = async (to?: number) => {
  const route = to === undefined ? {} : { route: { 'dbms:1433': { host: '127.0.0.1', port: to } } }
  return (await lab.verify({ timeout: 700, ...route })).results[0]
}

test('arrow 1 to the stand-in is seen by both ends, and the rules open 1433', async () => {
  const result = await verified()
  expect(result).toMatchObject({ id: '1@klserver>dbms:1433', verdict: 'delivered' })
  expect(result?.evidence.filter(({ at }) => at === 'responder').map(({ what }) => what)).toEqual(
    expect.arrayContaining(['accepted', 'request-received', 'reply-sent']),
  )
  expect(nftables(ruleSet(topology, plan(topology, '14.2')))).toMatch(/192\.0\.2\.10.*198\.51\.100\.40.*tcp dport 1433/)
})

test('another server there, a closed port and one that is silent are told apart', async () => {
  const other = createServer(socket => socket.end(`220 mail.example ESMTP\r\n${' '.repeat(40)}`)).listen(0, '127.0.0.1')
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await Promise.all([once(other, 'listening'), once(silent, 'listening')])
  const at = (server: typeof other) => (server.address() as { port: number }).port
  try {
    expect((await verified(at(other)))?.verdict).not.toBe('delivered')
    expect(await verified(at(silent))).toMatchObject({ verdict: 'silent' })
    expect(await verified(1)).toMatchObject({ verdict: 'refused' })
  } finally {
    other.close()
    silent.close()
  }
})

test.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: dbms\r\n\r\n')],
  ['nothing', Buffer.alloc(0)],
  ['a packet of length 0', Buffer.from([0x12, 1, 0, 0, 0, 0, 0, 0])],
])('%s is ended, and journalled', async (_, bytes) => {
  const since = Date.now()
  const socket = connect(port(), '127.0.0.1').resume()
  socket.write(bytes)
  await once(socket, 'close')
  const refused = lab.journal.entries().filter(({ what, t }) => what === 'message-refused' && t >= since - 50)
  expect(refused).toMatchObject([{ host: 'dbms', detail: { code: 'not-tds' } }])
})

test('the real driver comes as far as the login, and says that it was refused', async () => {
  const error = await openAt(`mssql://sa:secret@127.0.0.1:${port()}/ksc`).then(
    store => store.close(),
    error => error,
  )
  expect(error).toMatchObject({
    name: 'StoreError',
    message: expect.stringMatching(/does not take sa as its user: This is a stand-in of ksc-lab/),
  })
  expect(JSON.stringify([error.message, error.hint])).not.toContain('secret')
})

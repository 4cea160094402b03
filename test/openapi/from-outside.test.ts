/** What is done by OpenAPI, seen on 13291, in the Web Console and in the journal. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { administrator, agent, deviceOf, devices, journalled, newNonce, sync } from '../klserver/kit.ts'
import { call, consoleDevices } from './over-network.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab('lan')
})
afterAll(() => lab.stop())

test('a host renamed and moved by OpenAPI is so on 13291 and in the Web Console', async () => {
  await journalled(lab, ({ what, host }) => what === 'request-received' && host === 'klserver')
  const { hostId } = await deviceOf(lab, 'agent-1')
  const { PxgRetVal: nGroup } = await call(lab, 'HostGroup.AddGroup', { pInfo: { name: 'Office' } })
  await call(lab, 'HostGroup.UpdateHost', { strHostName: hostId, pInfo: { KLHST_WKS_DN: 'Reception' } })
  await call(lab, 'HostGroup.MoveHostsToGroup', { nGroup, pHostNames: [hostId] })
  expect(await deviceOf(lab, 'agent-1')).toMatchObject({ displayName: 'Reception', groupId: nGroup })
  const inConsole = async () => (await consoleDevices(lab)).map(({ name }) => name)
  expect(await inConsole()).toContain('Reception')
  await call(lab, 'HostGroup.MoveHostsToGroup', { nGroup: 1, pHostNames: [hostId] })
  expect(await inConsole(), 'an unassigned one is not in its list').not.toContain('Reception')
  using console = await administrator(lab)
  const moved = await console.ask({ type: 'move-device', id: 1, nonce: newNonce(), hostId, groupId: nGroup })
  expect(moved).toMatchObject({ type: 'moved', groupId: nGroup })
  expect(await inConsole()).toContain('Reception')
  expect(await console.ask({ type: 'move-device', id: 2, nonce: newNonce(), hostId, groupId: 99 })).toMatchObject({
    type: 'error',
    code: 'no-such-group',
    message: expect.stringContaining('99'),
  })
})

test('a forced synchronisation wakes the agent by UDP 15000, and it comes on 13000', async () => {
  const { hostId, lastSeenAt } = await deviceOf(lab, 'agent-2')
  const from = lab.journal.entries().length
  const { strActionGuid } = await call(lab, 'HostGroup.AddHostsForSync', { pHostNames: [hostId], strSSType: '' })
  await expect
    .poll(async () => await call(lab, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strActionGuid }))
    .toMatchObject({ bFinalized: true, bSuccededFinalized: true })
  const since = lab.journal.entries().slice(from)
  const woken = since.find(
    ({ host, port, what }) => host === 'agent-2' && port === 15000 && what === 'request-received',
  )
  expect(woken).toMatchObject({ transport: 'udp' })
  expect(since).toContainEqual(expect.objectContaining({ host: 'agent-2', port: 13000, what: 'connected' }))
  expect((await deviceOf(lab, 'agent-2')).lastSeenAt).toBeGreaterThan(lastSeenAt)
})

test('a task that is run is done by those who can be called, and fails on who cannot', async () => {
  const { strTaskIteratorId } = await call(lab, 'Tasks.ResetTasksIterator', {})
  const { pTaskData } = await call(lab, 'Tasks.GetNextTask', { strTaskIteratorId })
  await call(lab, 'Tasks.RunTask', { strTask: pTaskData.TASK_UNIQUE_ID })
  const managed = (await devices(lab)).length
  await expect
    .poll(async () => (await call(lab, 'Tasks.GetTaskStatistics', { strTask: pTaskData.TASK_UNIQUE_ID })).PxgRetVal)
    .toMatchObject({ 4: managed, 16: 0, GNRL_COMPLETED_PERCENT: 100 })
})

test('the console forces a synchronisation too, and is told where a device cannot be called', async () => {
  const { hostId } = await deviceOf(lab, 'agent-1')
  using console = await administrator(lab)
  const nonce = newNonce()
  const force = (id: string) => console.ask({ type: 'synchronise-device', id: 1, nonce, hostId: id })
  expect(await force(hostId)).toEqual({ type: 'device-synchronised', id: 1, nonce, hostId })
  using _stranger = await agent(lab, 14000, { host: 'nowhere' })
  const { hostId: unknown } = await deviceOf(lab, 'nowhere')
  expect(await force(unknown)).toMatchObject({
    ...{ type: 'error', id: 1, code: 'not-called' },
    message: expect.stringMatching(/^nowhere has not synchronised \(UDP 15000: .*nowhere/),
  })
  expect(await force('00000000-0000-0000-0000-000000000001')).toMatchObject({ code: 'no-such-device' })
})

test('a policy is given to the devices of its group once it is active, and not to others', async () => {
  const [of, other] = [randomUUID(), randomUUID()]
  const policies = async (agentId: string, host: string) => {
    using stranger = await agent(lab, 14000, { agentId, host })
    const { policies: given } = (await stranger.ask(sync())) as unknown as Messages['synced']
    return given.map(({ name }) => name)
  }
  const seeded = await policies(of, 'in-group')
  expect(seeded).not.toEqual([])
  const { PxgRetVal: KLPOL_GROUP_ID } = await call(lab, 'HostGroup.AddGroup', { pInfo: { name: 'Till' } })
  const { hostId } = await deviceOf(lab, 'in-group')
  await call(lab, 'HostGroup.MoveHostsToGroup', { nGroup: KLPOL_GROUP_ID, pHostNames: [hostId] })
  const pPolicyData = { KLPOL_DN: 'Tills only', KLPOL_GROUP_ID }
  const { PxgRetVal: nPolicy } = await call(lab, 'Policy.AddPolicy', { pPolicyData })
  expect(await policies(of, 'in-group')).toEqual(seeded)
  await call(lab, 'Policy.MakePolicyActive', { nPolicy, bActive: true })
  expect((await policies(of, 'in-group')).sort()).toEqual([...seeded, 'Tills only'].sort())
  expect(await policies(other, 'elsewhere')).toEqual(seeded)
  await call(lab, 'HostGroup.MoveHostsToGroup', { nGroup: 1, pHostNames: [hostId] })
  expect(await policies(of, 'in-group'), 'unassigned').toEqual([])
})

import { expect, test } from 'vitest'
import { openApi } from './kit.ts'

test('a host renamed here is renamed in the store, and moved where it was sent', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  const renamed = await api.call('HostGroup.UpdateHost', {
    strHostName: hostId,
    pInfo: { type: 'params', value: { KLHST_WKS_DN: 'Reception', KLHST_WKS_COMMENT: 'read over' } },
  })
  expect(renamed).toMatchObject({ status: 200, text: '{}' })
  expect((await api.call('HostGroup.MoveHostsToGroup', { nGroup: 1, pHostNames: [hostId] })).text).toBe('{}')
  expect(await api.store.device(hostId)).toMatchObject({ displayName: 'Reception', groupId: 1 })
  expect(api.pushed).toEqual([hostId])
})

test('nothing moves where one host, or the group, is not there', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  for (const args of [
    { nGroup: 1, pHostNames: [hostId, 'nobody'] },
    { nGroup: 7, pHostNames: [hostId] },
  ])
    expect((await api.call('HostGroup.MoveHostsToGroup', args)).json.PxgError.code).toBe(1186)
  expect(await api.store.device(hostId)).toMatchObject({ groupId: 0 })
  expect(api.pushed).toEqual([])
})

test('groups are found and read', async () => {
  await using api = await openApi()
  for (const n of [1, 2]) await api.device(n)
  const found = (
    await api.call('HostGroup.FindGroups', {
      wstrFilter: '(name="managed*")',
      vecFieldsToReturn: ['id', 'hostsNum', 'toString'],
    })
  ).json
  expect(found.PxgRetVal).toBe(1)
  const chunk = await api.call('ChunkAccessor.GetItemsChunk', { strAccessor: found.strAccessor, nCount: 9 })
  expect(chunk.json.pChunk.KLCSP_ITERATOR_ARRAY).toEqual([{ type: 'params', value: { id: 0, hostsNum: 2 } }])
  expect((await api.call('HostGroup.GroupIdGroups')).json).toEqual({ PxgRetVal: 0 })
  expect((await api.call('HostGroup.GroupIdUnassigned')).json).toEqual({ PxgRetVal: 1 })
  expect((await api.call('HostGroup.GetGroupInfo', { nGroupId: 1 })).json.PxgRetVal).toMatchObject({
    name: 'Unassigned devices',
    hostsNum: 0,
  })
  const some = await api.call('HostGroup.GetGroupInfoEx', { nGroupId: 0, pArrAttributes: ['grp_full_name'] })
  expect(some.json).toEqual({ PxgRetVal: { grp_full_name: 'Managed devices/' } })
  expect((await api.call('HostGroup.GetGroupInfo', { nGroupId: 9 })).json.PxgError.message).toMatch(
    /nGroupId.*no group 9/,
  )
  expect((await api.call('HostGroup.FindGroups', { wstrFilter: '(id=)' })).json.PxgError.message).toMatch(
    /FindGroups: wstrFilter/,
  )
})

test('an asynchronous search is over when it is asked for, and says so once', async () => {
  await using api = await openApi()
  await api.device(1)
  const { strRequestId } = (await api.call('HostGroup.FindHostsAsync', { wstrFilter: 'KLHST_WKS_DN="ws-*"' })).json
  expect(strRequestId).toMatch(/^[0-9A-F]{32}$/)
  const check = async () =>
    (await api.call('AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strRequestId })).json
  expect(await check()).toEqual({
    bFinalized: true,
    bSuccededFinalized: true,
    lStateCode: 1,
    pStateData: {},
    lNextCheckDelay: 0,
  })
  expect((await check()).PxgError.code).toBe(1186)
  const { strAccessor } = (await api.call('HostGroup.FindHostsAsyncGetAccessor', { strRequestId })).json
  expect((await api.call('ChunkAccessor.GetItemsCount', { strAccessor })).json).toEqual({ PxgRetVal: 1 })
})

test('products are told by name and version, each level wrapped', async () => {
  await using api = await openApi()
  const { hostId, agentId } = await api.device(1)
  await api.store.synchronised(agentId, { applications: [{ name: 'KES', version: '12.6' }], at: api.clock.now })
  expect((await api.call('HostGroup.GetHostProducts', { strHostName: hostId })).json).toEqual({
    PxgRetVal: {
      KES: {
        type: 'params',
        value: {
          '12.6': {
            type: 'params',
            value: {
              DisplayName: 'KES',
              ProdVersion: '12.6',
              LastUpdateTime: { type: 'datetime', value: '2030-01-31T08:05:00Z' },
            },
          },
        },
      },
    },
  })
})

test('policies of the store, by group and by number', async () => {
  await using api = await openApi()
  const names = (await api.store.policies()).map(({ name }) => name)
  expect(names).not.toEqual([])
  const listed = (await api.call('Policy.GetPoliciesForGroup', { nGroupId: 0 })).json.PxgRetVal
  expect(listed.map((one: { value: { KLPOL_DN: string } }) => one.value.KLPOL_DN)).toEqual(names)
  expect((await api.call('Policy.GetPoliciesForGroup', { nGroupId: 1 })).json).toEqual({ PxgRetVal: [] })
  expect((await api.call('Policy.GetPolicyData', { nPolicy: 1 })).json).toEqual({ PxgRetVal: listed[0].value })
  expect((await api.call('Policy.GetPolicyData', { nPolicy: 999 })).json.PxgError.code).toBe(1186)
})

test('a method that is not there is named in the log, once; a known one is not', async () => {
  await using api = await openApi()
  await api.call('KsnInternal.CheckKsnConnection', { strTask: '1' })
  await api.call('HostGroup.GroupIdGroups')
  expect(api.logged).toEqual([expect.objectContaining({ level: 40, method: 'KsnInternal.CheckKsnConnection' })])
})

test('the view of events is read in ranges whose end is inclusive', async () => {
  await using api = await openApi()
  const { agentId } = await api.device(1)
  for (const n of [1, 2, 3])
    await api.store.event({
      agentId,
      id: `e${n}`,
      at: api.clock.now + n * 1_000,
      severity: 2,
      kind: 'KIND',
      text: `text ${n}`,
    })
  const { wstrIteratorId } = (
    await api.call('SrvView.ResetIterator', {
      wstrViewName: 'EventsSrvViewName',
      vecFieldsToReturn: ['GNRL_EA_DESCRIPTION', 'GNRL_EA_SEVERITY'],
      vecFieldsToOrder: [{ type: 'params', value: { Name: 'rise_time', Asc: true } }],
      pParams: {},
      lifetimeSec: 60,
    })
  ).json
  const range = async (nStart: number, nEnd: number) => {
    const { json } = await api.call('SrvView.GetRecordRange', { wstrIteratorId, nStart, nEnd })
    return json.pRecords.KLCSP_ITERATOR_ARRAY
  }
  expect((await api.call('SrvView.GetRecordCount', { wstrIteratorId })).json).toEqual({ PxgRetVal: 3 })
  const row = (n: number) => ({ type: 'params', value: { GNRL_EA_DESCRIPTION: `text ${n}`, GNRL_EA_SEVERITY: 2 } })
  expect(await range(0, 1)).toEqual([row(1), row(2)])
  expect(await range(2, 100)).toEqual([row(3)])
  expect((await api.call('SrvView.ReleaseIterator', { wstrIteratorId })).text).toBe('{}')
  expect((await api.call('SrvView.GetRecordCount', { wstrIteratorId })).json.PxgError.message).toMatch(
    /^wstrIteratorId/,
  )
  const other = await api.call('SrvView.ResetIterator', { wstrViewName: 'UmdmAllDevices' })
  expect(other.json.PxgError.message).toMatch(/wstrViewName.*EventsSrvViewName/)
})

import { expect, test } from 'vitest'
import { openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>

const answer = async (api: Api, method: string, args: object = {}) => (await api.call(method, args)).json
const value = async (api: Api, method: string, args: object = {}) => {
  const { PxgRetVal, PxgError } = await answer(api, method, args)
  expect(PxgError).toBeUndefined()
  return PxgRetVal
}
const addGroup = (api: Api, name: string, parentId?: number | null): Promise<number> =>
  value(api, 'HostGroup.AddGroup', { pInfo: { type: 'params', value: { name, parentId } } })

test('a group is made once, below its parent, and found by its name', async () => {
  await using api = await openApi()
  const office = await addGroup(api, 'Office', 0)
  expect(office).toBeGreaterThan(2)
  const desks = await addGroup(api, 'Desks', office)
  expect(await addGroup(api, 'office', null), 'one that is there gives its id').toBe(office)
  expect(await addGroup(api, 'Office', desks), 'the same name elsewhere is another group').not.toBe(office)
  expect(await value(api, 'HostGroup.GetGroupId', { nParent: office, strName: 'Desks' })).toBe(desks)
  expect(await value(api, 'HostGroup.GetGroupId', { nParent: 0, strName: 'Desks' })).toBe(-1)
  expect(await value(api, 'HostGroup.GetGroupInfo', { nGroupId: desks })).toMatchObject({
    ...{ id: desks, name: 'Desks', parentId: office, level: 2, childGroupsNum: 1, hostsNum: 0 },
    grp_full_name: 'Managed devices/Office/Desks/',
    creationDate: { type: 'datetime', value: '2030-01-31T08:05:00Z' },
  })
  const group = (id: number, name: string, groups?: object[]) => ({
    type: 'params',
    value: { id, name, ...(groups ? { groups } : {}) },
  })
  const inner = await value(api, 'HostGroup.GetGroupId', { nParent: desks, strName: 'Office' })
  expect(await value(api, 'HostGroup.GetSubgroups', { nGroupId: 0, nDepth: 2 })).toEqual([
    group(office, 'Office', [group(desks, 'Desks')]),
  ])
  expect(await value(api, 'HostGroup.GetSubgroups', { nGroupId: office })).toEqual([
    group(desks, 'Desks', [group(inner, 'Office')]),
  ])
  expect((await answer(api, 'HostGroup.AddGroup', { pInfo: { name: 'x', parentId: 77 } })).PxgError).toMatchObject({
    code: 1186,
    message: expect.stringContaining('pInfo.parentId'),
  })
})

test('a group that many add at once is one group', async () => {
  await using api = await openApi()
  const ids = await Promise.all(Array.from({ length: 10 }, () => addGroup(api, 'Office')))
  expect(new Set(ids).size).toBe(1)
  expect((await api.store.groups()).filter(({ name }) => name === 'Office')).toHaveLength(1)
})

test('a host in a subgroup is found by its group and by those above it', async () => {
  await using api = await openApi()
  const office = await addGroup(api, 'Office')
  const { hostId } = await api.device(1)
  await api.device(2)
  await answer(api, 'HostGroup.MoveHostsToGroup', { nGroup: office, pHostNames: [hostId] })
  const found = async (wstrFilter: string) =>
    (await answer(api, 'HostGroup.FindHosts', { wstrFilter })).PxgRetVal as number
  expect(await found(`(KLHST_WKS_GROUPID = ${office})`)).toBe(1)
  expect(await found('(KLHST_WKS_GROUPID = 0)')).toBe(1)
  expect(await found('(KLHST_WKS_GROUPID_GP = 0)')).toBe(2)
  expect(await found(`(KLHST_WKS_GROUPID_GP <> ${office})`)).toBe(1)
  expect(await value(api, 'HostGroup.GetHostInfo', { strHostName: hostId })).toMatchObject({
    ...{ KLHST_WKS_GROUPID: office, name: 'Office', grp_full_name: 'Managed devices/Office/' },
    KLHST_WKS_STATUS: 31,
  })
  expect(await value(api, 'HostGroup.GetGroupInfo', { nGroupId: 0 })).toMatchObject({
    ...{ hostsNum: 1, childGroupsNum: 1, KLGRP_CHLDHST_CNT: 2, KLGRP_CHLDGRP_CNT: 1 },
  })
})

test('a group is renamed and moved, but not below itself, nor onto another one, nor if it is predefined', async () => {
  await using api = await openApi()
  const [a, b] = [await addGroup(api, 'A'), await addGroup(api, 'B')]
  const update = (nGroup: number, pInfo: object) => answer(api, 'HostGroup.UpdateGroup', { nGroup, pInfo })
  expect(await update(b, { parentId: a, name: 'C' })).toEqual({})
  expect(await value(api, 'HostGroup.GetGroupInfoEx', { nGroupId: b, pArrAttributes: ['grp_full_name'] })).toEqual({
    grp_full_name: 'Managed devices/A/C/',
  })
  for (const [nGroup, pInfo] of [
    [a, { parentId: b }],
    [a, { parentId: a }],
    [0, { name: 'All' }],
  ] as const)
    expect((await update(nGroup, pInfo)).PxgError, JSON.stringify(pInfo)).toMatchObject({ code: 1193, module: 'KLSTD' })
  await addGroup(api, 'D', a)
  expect((await update(b, { name: 'd' })).PxgError.message).toMatch(/pInfo.name.*"d" already/)
})

test('RemoveGroup takes with it what its flags say', async () => {
  await using api = await openApi()
  const office = await addGroup(api, 'Office')
  const desks = await addGroup(api, 'Desks', office)
  const { hostId } = await api.device(1)
  await answer(api, 'HostGroup.MoveHostsToGroup', { nGroup: desks, pHostNames: [hostId] })
  const policy = await value(api, 'Policy.AddPolicy', {
    pPolicyData: { KLPOL_DN: 'Desks only', KLPOL_GROUP_ID: desks },
  })
  const remove = (nFlags?: number) => answer(api, 'HostGroup.RemoveGroup', { nGroup: office, nFlags })
  expect((await remove()).PxgError).toMatchObject({ code: 1193, message: expect.stringContaining('nFlags 2') })
  expect((await remove(2)).PxgError).toMatchObject({ code: 1193, message: expect.stringContaining('nFlags 3') })
  expect(await api.store.device(hostId)).toBeDefined()
  const { strActionGuid } = await remove(3)
  expect(
    await answer(api, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strActionGuid }),
  ).toMatchObject({ bFinalized: true, bSuccededFinalized: true })
  expect(await api.store.device(hostId)).toBeUndefined()
  for (const nGroupId of [office, desks])
    expect((await answer(api, 'HostGroup.GetGroupInfo', { nGroupId })).PxgError.code).toBe(1186)
  expect((await answer(api, 'Policy.GetPolicyData', { nPolicy: policy })).PxgError.code).toBe(1186)
  expect((await answer(api, 'HostGroup.RemoveGroup', { nGroup: 1, nFlags: 3 })).PxgError.code).toBe(1193)
})

test('all hosts of a group are moved at once', async () => {
  await using api = await openApi()
  const office = await addGroup(api, 'Office')
  for (const n of [1, 2]) await api.device(n)
  const { strActionGuid } = await answer(api, 'HostGroup.MoveHostsFromGroupToGroup', {
    nSrcGroupId: 0,
    nDstGroupId: office,
  })
  expect(strActionGuid).toMatch(/^[0-9A-F]{32}$/)
  expect((await api.store.devices()).map(({ groupId }) => groupId)).toEqual([office, office])
  expect(api.pushed).toHaveLength(2)
})

test('a removed host is nobody, with its events; it is a new one when it comes again', async () => {
  await using api = await openApi()
  const { hostId, agentId } = await api.device(1)
  const other = await api.device(2)
  await api.store.event({ agentId, id: 'e', at: api.clock.now, severity: 1, kind: 'KIND', text: 'text' })
  expect((await answer(api, 'HostGroup.RemoveHosts', { pHostNames: [other.hostId, 'nobody'] })).PxgError.code).toBe(
    1186,
  )
  expect(await api.store.devices()).toHaveLength(2)
  expect(await answer(api, 'HostGroup.RemoveHost', { strHostName: hostId })).toEqual({})
  expect(await answer(api, 'HostGroup.RemoveHosts', { pHostNames: [other.hostId], bForceDestroy: true })).toEqual({})
  expect(await api.store.devices()).toEqual([])
  expect((await api.device(1)).hostId).not.toBe(hostId)
  expect((await api.store.events()).filter(({ kind }) => kind === 'KIND')).toEqual([])
})

test('policies keep their numbers, are inherited, and go', async () => {
  await using api = await openApi()
  const office = await addGroup(api, 'Office')
  const seeded = (await value(api, 'Policy.GetPoliciesForGroup', { nGroupId: 0 })) as { value: { KLPOL_ID: number } }[]
  const first = await value(api, 'Policy.AddPolicy', { pPolicyData: { KLPOL_DN: 'AAA', KLPOL_GROUP_ID: office } })
  expect(await value(api, 'Policy.GetPolicyData', { nPolicy: first })).toMatchObject({
    ...{ KLPOL_ID: first, KLPOL_DN: 'AAA', KLPOL_GROUP_ID: office, KLPOL_GROUP_NAME: 'Office', KLPOL_ACTIVE: false },
    KLPOL_INHERITED: false,
  })
  expect(await value(api, 'Policy.GetPoliciesForGroup', { nGroupId: 0 }), 'numbers are not counted by name').toEqual(
    seeded,
  )
  const effective = await value(api, 'Policy.GetEffectivePoliciesForGroup', { nGroupId: office })
  expect(
    effective.map(({ value: { KLPOL_ID, KLPOL_INHERITED } }: { value: Record<string, unknown> }) => [
      KLPOL_ID,
      KLPOL_INHERITED,
    ]),
  ).toEqual([[first, false], ...seeded.map(one => [one.value.KLPOL_ID, true])])
  expect(await answer(api, 'Policy.MakePolicyActive', { nPolicy: first, bActive: true })).toEqual({})
  expect(await value(api, 'Policy.GetPolicyData', { nPolicy: first })).toMatchObject({ KLPOL_ACTIVE: true })
  expect(await answer(api, 'Policy.DeletePolicy', { nPolicy: first })).toEqual({})
  for (const [method, args] of [
    ['DeletePolicy', { nPolicy: first }],
    ['MakePolicyActive', { nPolicy: first, bActive: true }],
    ['GetPolicyData', { nPolicy: first }],
  ] as const)
    expect((await answer(api, `Policy.${method}`, args)).PxgError.code, method).toBe(1186)
  const refused = { KLPOL_DN: 'x', KLPOL_GROUP_ID: 1 }
  expect((await answer(api, 'Policy.AddPolicy', { pPolicyData: refused })).PxgError.code).toBe(1193)
})

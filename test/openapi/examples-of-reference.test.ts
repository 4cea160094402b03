/** Requests and answers as the vendor's reference and its known clients have them, byte by byte where they can be. */
import { expect, test } from 'vitest'
import { basic, openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>

const authorization = basic()
const found = async (api: Api, wstrFilter: unknown, more: object = {}, what = 'Hosts') =>
  (await api.call(`HostGroup.Find${what}`, { wstrFilter, lMaxLifeTime: 100, ...more })).json

test.each([
  ['as the reference writes it', '/api/v1.0/Session.Ping', '{}'],
  ['of version 1.1', '/api/v1.1/Session.Ping', '{}'],
  ['without a version', '/api/Session.Ping', '{}'],
  ['without a body', '/api/v1.0/Session.Ping', undefined],
  ['with an empty body', '/api/v1.0/Session.Ping', ''],
])('a call %s is answered {}', async (_, path, body) => {
  await using api = await openApi()
  const { status, text, headers } = await api.post(path, body, { authorization })
  expect([status, text]).toEqual([200, '{}'])
  expect(headers['content-type']).toMatch(/json/)
})

test.each(['/api/v1.0/login', '/api/login', '/api/login%20HTTP/1.1'])('a login at %s is answered {}', async path => {
  await using api = await openApi()
  expect(await api.post(path, undefined, { authorization })).toMatchObject({ status: 200, text: '{}' })
})

test('StartSession answers the letter n and base64 of 16 bytes, and nothing else', async () => {
  await using api = await openApi()
  const { text } = await api.post('/api/v1.0/Session.StartSession', undefined, { authorization })
  expect(text).toMatch(/^\{"PxgRetVal":"n[A-Za-z0-9+/]{22}=="\}$/)
})

test.each([
  ['as documented', 'user="dXNlcg==", pass="cGFzcw==", domain="ZG9t", internal="1"'],
  ['without domain and internal', 'user="dXNlcg==", pass="cGFzcw=="'],
  ['with an empty domain', 'user="dXNlcg==", pass="cGFzcw==", domain="", internal="1"'],
  ['with a domain that is no base64', 'user="dXNlcg==", pass="cGFzcw==", domain="dom.example", internal="1"'],
  ['with internal=true', 'user="dXNlcg==", pass="cGFzcw==", internal=true'],
  ['with blanks', 'user="dXNlcg==", pass="cGFzcw==", internal = "1"'],
  ['of an account of the domain', 'user="dXNlcg==", pass="cGFzcw==", domain="ZG9t", internal="0"'],
])('KSCBasic %s lets user with pass in', async (_, fields) => {
  await using api = await openApi({ administrator: { user: 'user', password: 'pass' } })
  for (const virtualServer of ['', 'x'])
    expect(
      await api.post('/api/v1.0/login', '{}', { authorization: `KSCBasic ${fields}`, 'x-ksc-vserver': virtualServer }),
    ).toMatchObject({ status: 200, text: '{}' })
})

test('what is no scheme of KSC is answered 401 with the text of the manual', async () => {
  await using api = await openApi()
  for (const wrong of ['KSCBasic dXNlcjpwYXNz', 'Bearer dXNlcjpwYXNz', 'KSCBasic user="eA==", pass="eA=="'])
    expect(await api.post('/api/v1.0/login', '{}', { authorization: wrong }), wrong).toMatchObject({
      ...{ status: 401, text: 'Authentication failure' },
    })
})

test('a failure is HTTP 200 with PxgError and the keys of the reference', async () => {
  await using api = await openApi()
  const { status, text } = await api.call('ChunkAccessor.GetItemsCount', { strAccessor: 'gone' })
  expect(status).toBe(200)
  expect(text).toMatch(
    /^\{"PxgError":\{"code":1186,"subcode":0,"module":"KLSTD","file":"[^"]*","line":\d+,"message":"(?:[^"\\]|\\.)+"\}\}$/,
  )
})

test('a chunk is bare, and its items are wrapped', async () => {
  await using api = await openApi()
  const { strAccessor } = await found(api, '(id=0)', { vecFieldsToReturn: ['id', 'name'] }, 'Groups')
  const { text } = await api.call('ChunkAccessor.GetItemsChunk', { strAccessor, nStart: 0, nCount: 100_000 })
  expect(text).toBe(
    '{"PxgRetVal":1,"pChunk":{"KLCSP_ITERATOR_ARRAY":[{"type":"params","value":{"id":0,"name":"Managed devices"}}]}}',
  )
})

test('the types of a host are those of the reference', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(77)
  api.clock.now = Date.UTC(2030, 0, 31, 9, 22)
  const pFields2Return = ['KLHST_WKS_IP_LONG', 'KLHST_WKS_IP', 'KLHST_WKS_CREATED', 'KLHST_WKS_VIRUS_COUNT']
  const { text } = await api.call('HostGroup.GetHostInfo', { strHostName: hostId, pFields2Return })
  // 192.168.1.77: the most significant byte first, and the least significant one first.
  expect(text).toBe(
    '{"PxgRetVal":{"KLHST_WKS_IP_LONG":{"type":"long","value":3232235853},"KLHST_WKS_IP":1291954368,' +
      '"KLHST_WKS_CREATED":{"type":"datetime","value":"2030-01-31T06:48:00Z"},"KLHST_WKS_VIRUS_COUNT":{"type":"long","value":0}}}',
  )
})

test.each([
  ['(KLHST_WKS_STATUS & 4 <> 0)', 2],
  ['(KLHST_WKS_STATUS&1<>0)', 2],
  ['\n\t\t(&\n\t\t\t(KLHST_WKS_GROUPID_GP <> 4)\n\t\t\t(KLHST_WKS_STATUS&1<>0)\n\t\t)', 2],
  ['(KLHST_WKS_LAST_VISIBLE > T"2030-01-31 08:03:30")', 1],
  ['(KLHST_WKS_LAST_VISIBLE > CURTIME(-3600))', 2],
  ['(KLHST_WKS_CREATED>="2030-01-31")', 2],
  ['(KLHST_WKS_DN="ws-[1]")', 1],
  ['KLHST_WKS_DN="ws-*"', 2],
  ['(!(KLHST_WKS_DN="ws-?"))', 0],
  ['(KLHST_WKS_FROM_UNASSIGNED = "False")', 2],
  ['', 2],
  [null, 2],
])('the filter %j is understood', async (filter, count) => {
  await using api = await openApi()
  for (const n of [1, 2]) await api.device(n)
  expect((await found(api, filter)).PxgRetVal).toBe(count)
})

test('what clients leave out, send as null or wrap is taken as it is meant', async () => {
  await using api = await openApi()
  for (const n of [1, 2]) await api.device(n)
  const names = async (more: object) => {
    const { strAccessor } = await found(api, null, { vecFieldsToReturn: ['KLHST_WKS_DN'], ...more })
    const { json } = await api.call('ChunkAccessor.GetItemsChunk', { strAccessor, nCount: 100_000 })
    return json.pChunk.KLCSP_ITERATOR_ARRAY.map(({ value }: { value: object }) => Object.values(value)[0])
  }
  const order = { Name: 'KLHST_WKS_DN', Asc: false }
  for (const more of [
    { vecFieldsToOrder: [order], pParams: null },
    { vecFieldsToOrder: [{ type: 'params', value: order }], pParams: { KLGRP_FIND_FROM_CUR_VS_ONLY: 'false' } },
  ])
    expect(await names(more)).toEqual(['ws-2', 'ws-1'])
  for (const pInfo of [{ name: 'Office' }, { type: 'params', value: { name: 'Office', parentId: null } }])
    expect((await api.call('HostGroup.AddGroup', { pInfo })).text).toBe('{"PxgRetVal":3}')
})

test('an action is 32 upper case hexadecimal digits, and its state has the five keys', async () => {
  await using api = await openApi()
  const { text } = await api.call('HostGroup.FindHostsAsync', { wstrFilter: '' })
  const [, wstrActionGuid] = /^\{"strRequestId":"([0-9A-F]{32})"\}$/.exec(text) ?? []
  expect((await api.call('AsyncActionStateChecker.CheckActionState', { wstrActionGuid })).json).toEqual({
    ...{ bFinalized: true, bSuccededFinalized: true, lStateCode: 1, pStateData: {}, lNextCheckDelay: 0 },
  })
  const { json } = await api.call('HostGroup.FindHostsAsyncGetAccessor', { strRequestId: wstrActionGuid })
  expect(Object.keys(json)).toEqual(['PxgRetVal', 'strAccessor', 'pFailedSlavesInfo'])
})

test('a task has a text for its id and the nine counts of the reference', async () => {
  await using api = await openApi()
  const { strTaskIteratorId } = (await api.call('Tasks.ResetTasksIterator', { strTaskName: null })).json
  const { pTaskData } = (await api.call('Tasks.GetNextTask', { strTaskIteratorId })).json
  expect(Object.keys(pTaskData)).toEqual([
    ...['TASK_UNIQUE_ID', 'TASK_NAME', 'TASKID_PRODUCT_NAME', 'TASKID_VERSION', 'TASKID_COMPONENT_NAME'],
    ...['TASKSCH_TYPE', 'TASK_INFO_PARAMS', 'TASK_ADDITIONAL_PARAMS'],
  ])
  expect(pTaskData.TASK_INFO_PARAMS).toMatchObject({ type: 'params', value: { PRTS_TASK_GROUPID: 0 } })
  const { text } = await api.call('Tasks.GetTaskStatistics', { strTask: pTaskData.TASK_UNIQUE_ID })
  expect(text).toBe(
    '{"PxgRetVal":{"1":0,"2":0,"4":0,"8":0,"16":0,"32":0,"64":0,"GNRL_COMPLETED_PERCENT":0,"KLTSK_NEED_RBT_CNT":0}}',
  )
})

test('ids of groups, and a group that is not there', async () => {
  await using api = await openApi()
  for (const [method, args, text] of [
    ['GroupIdGroups', {}, '{"PxgRetVal":0}'],
    ['GroupIdUnassigned', {}, '{"PxgRetVal":1}'],
    ['GroupIdSuper', {}, '{"PxgRetVal":2}'],
    ['GetGroupId', { nParent: 0, strName: 'nowhere' }, '{"PxgRetVal":-1}'],
    ['GetSubgroups', { nGroupId: 0, nDepth: 0 }, '{"PxgRetVal":[]}'],
  ] as const)
    expect((await api.call(`HostGroup.${method}`, args)).text, method).toBe(text)
})

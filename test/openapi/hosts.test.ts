import { expect, test } from 'vitest'
import { MANAGED_DEVICES } from '../../services/web-console/administration-server.ts'
import { openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>

const names = async (api: Api, args: object): Promise<string[]> => {
  const found = await api.call('HostGroup.FindHosts', { vecFieldsToReturn: ['KLHST_WKS_DN'], ...args })
  const { strAccessor, PxgRetVal } = found.json
  const chunk = await api.call('ChunkAccessor.GetItemsChunk', { strAccessor, nCount: 100_000 })
  const items = chunk.json.pChunk.KLCSP_ITERATOR_ARRAY
  expect(items).toHaveLength(PxgRetVal)
  return items.map((item: { type: string; value: { KLHST_WKS_DN: string } }) => item.value.KLHST_WKS_DN)
}

test('a found set is counted, read in chunks and released', async () => {
  await using api = await openApi()
  for (const n of [1, 2, 3]) await api.device(n)
  const found = await api.call('HostGroup.FindHosts', {
    wstrFilter: '',
    vecFieldsToReturn: ['KLHST_WKS_DN', 'NO_SUCH_FIELD', '__proto__'],
    vecFieldsToOrder: [{ type: 'params', value: { Name: 'KLHST_WKS_DN', Asc: true } }],
    pParams: { KLGRP_FIND_FROM_CUR_VS_ONLY: 'false' },
    lMaxLifeTime: 100,
  })
  expect(found.json).toEqual({ PxgRetVal: 3, strAccessor: expect.stringMatching(/./) })
  const { strAccessor } = found.json
  const chunk = async (nStart: number | undefined, nCount: number) =>
    (await api.call('ChunkAccessor.GetItemsChunk', { strAccessor, nStart, nCount })).json
  const item = (name: string) => ({ type: 'params', value: { KLHST_WKS_DN: name } })

  expect((await api.call('ChunkAccessor.GetItemsCount', { strAccessor })).json).toEqual({ PxgRetVal: 3 })
  const first = { PxgRetVal: 2, pChunk: { KLCSP_ITERATOR_ARRAY: [item('ws-1'), item('ws-2')] } }
  expect(await chunk(0, 2)).toEqual(first)
  expect(await chunk(undefined, 2)).toEqual(first)
  expect(await chunk(2, 100_000)).toEqual({ PxgRetVal: 1, pChunk: { KLCSP_ITERATOR_ARRAY: [item('ws-3')] } })
  expect(await chunk(3, 1)).toEqual({ PxgRetVal: 0, pChunk: { KLCSP_ITERATOR_ARRAY: [] } })
  expect(await api.call('ChunkAccessor.Release', { strAccessor })).toMatchObject({ status: 200, text: '{}' })
  for (const method of ['GetItemsCount', 'GetItemsChunk', 'Release'])
    expect(await api.call(`ChunkAccessor.${method}`, { strAccessor }), method).toMatchObject({
      status: 200,
      json: { PxgError: { code: 1186, module: 'KLSTD', message: expect.stringContaining(strAccessor) } },
    })
})

test('a found set is the same in another session, and outlives the one that found it', async () => {
  await using api = await openApi()
  await api.device(1)
  const inSession = async (session: string, method: string, args: object) =>
    (await api.post(`/api/v1.0/${method}`, args, { 'x-ksc-session': session })).json
  const first = await api.session()
  const { strAccessor } = await inSession(first, 'HostGroup.FindHosts', { lMaxLifeTime: 60 })
  await inSession(first, 'Session.EndSession', {})
  expect(await inSession(await api.session(), 'ChunkAccessor.GetItemsCount', { strAccessor })).toEqual({ PxgRetVal: 1 })
})

test('a found set dies lMaxLifeTime seconds after its last use', async () => {
  await using api = await openApi()
  const { strAccessor } = (await api.call('HostGroup.FindHosts', { lMaxLifeTime: 100 })).json
  const after = async (seconds: number) => {
    api.clock.now += seconds * 1_000
    return Object.keys((await api.call('ChunkAccessor.GetItemsCount', { strAccessor })).json)[0]
  }
  expect([await after(99), await after(99), await after(100)]).toEqual(['PxgRetVal', 'PxgRetVal', 'PxgError'])
})

test.each([
  ['by name', '(KLHST_WKS_DN="WS-[12]")', ['ws-1', 'ws-2']],
  ['without parentheses', 'KLHST_WKS_DN="*-3"', ['ws-3']],
  ['by status bit', '(KLHST_WKS_STATUS & 8 = 0)', ['ws-2']],
  ['by time', '(KLHST_WKS_LAST_VISIBLE > CURTIME(-90))', ['ws-1', 'ws-2']],
  ['by address', '(KLHST_WKS_IP_LONG = 3232235779)', ['ws-3']],
  ['by group or parent', '(&(KLHST_WKS_GROUPID_GP <> 4)\n(KLHST_WKS_OS_NAME="alt*"))', ['ws-2']],
  ['by nothing', null, ['ws-1', 'ws-2', 'ws-3']],
  ['by what no host has', '(KLHST_WKS_CONNID <> 0)', []],
])('FindHosts %s', async (_, wstrFilter, expected) => {
  await using api = await openApi()
  for (const n of [1, 2, 3]) await api.device(n)
  await api.store.turnedOff('11111111-2222-3333-4444-000000000002', api.clock.now)
  expect((await names(api, { wstrFilter })).sort()).toEqual(expected)
})

test('FindHosts orders by several fields, either way, without case', async () => {
  await using api = await openApi()
  for (const [n, name] of ['b', 'A', 'c', 'D'].entries()) await api.device(n + 1, name)
  const ordered = (...order: object[]) => names(api, { vecFieldsToOrder: order })
  expect(await ordered({ Name: 'KLHST_WKS_DN' })).toEqual(['A', 'b', 'c', 'D'])
  expect(await ordered({ Name: 'KLHST_WKS_DN', Asc: 'false' })).toEqual(['D', 'c', 'b', 'A'])
  const byOs = { Name: 'KLHST_WKS_OS_NAME', Asc: true }
  expect(await ordered(byOs, { Name: 'KLHST_WKS_IP_LONG', Asc: false })).toEqual(['D', 'A', 'c', 'b'])
})

test.each([
  ['HostGroup.FindHosts', { wstrFilter: 5 }, /FindHosts: wstrFilter .*not 5/],
  ['HostGroup.FindHosts', { vecFieldsToReturn: 'KLHST_WKS_DN' }, /vecFieldsToReturn must be a list/],
  ['HostGroup.FindHosts', { vecFieldsToReturn: ['a', 7] }, /vecFieldsToReturn\.1 .*string.*not 7/],
  ['HostGroup.FindHosts', { vecFieldsToOrder: [{ Asc: true }] }, /vecFieldsToOrder\.0\.Name is missing/],
  ['HostGroup.FindHosts', { lMaxLifeTime: 'long' }, /lMaxLifeTime must be a whole number, not "long"/],
  ['HostGroup.FindHosts', { pParams: [] }, /pParams must be a map, not \[\]/],
  ['HostGroup.FindHosts', { wstrFilter: '(KLHST_WKS_DN=)' }, /wstrFilter: at character 14: a value/],
  ['ChunkAccessor.GetItemsCount', {}, /GetItemsCount: strAccessor is missing/],
  ['ChunkAccessor.GetItemsChunk', { strAccessor: 'a', nStart: -1 }, /nStart .*0.*not -1/],
  ['HostGroup.GetHostInfo', { strHostName: null }, /strHostName is missing/],
  ['HostGroup.GetStaticInfo', { pValues: {} }, /pValues must be a list/],
])('%s with %j is refused in words that name the argument', async (method, args, words) => {
  await using api = await openApi()
  const { status, json } = await api.call(method, args)
  expect({ status, ...json }).toMatchObject({
    status: 200,
    PxgError: { code: expect.any(Number), module: 'KSC-LAB', message: expect.stringMatching(words) },
  })
})

test('GetHostInfo gives what was asked for, typed as documented', async () => {
  await using api = await openApi()
  const { hostId, agentId } = await api.device(7, 'ws-7.lan.example')
  await api.store.rename(hostId, 'Reception')
  const info = async (pFields2Return?: string[] | null) =>
    (await api.call('HostGroup.GetHostInfo', { strHostName: hostId, pFields2Return })).json.PxgRetVal
  expect(await info(['KLHST_WKS_DN', 'nonsense'])).toEqual({ KLHST_WKS_DN: 'Reception' })
  const before = await info(null)
  expect(before).toMatchObject({
    KLHST_WKS_HOSTNAME: hostId,
    KLHST_INSTANCEID: agentId,
    KLHST_WKS_DN: 'Reception',
    KLHST_WKS_FQDN: 'ws-7.lan.example',
    KLHST_WKS_DNSNAME: 'ws-7',
    KLHST_WKS_DNSDOMAIN: 'lan.example',
    KLHST_WKS_GROUPID: 0,
    KLHST_WKS_FROM_UNASSIGNED: false,
    // 192.168.1.7: the most significant byte first, and last.
    KLHST_WKS_IP_LONG: { type: 'long', value: 0xc0a80107 },
    KLHST_WKS_IP: 0x0701a8c0,
    KLHST_WKS_STATUS: 31,
    KLHST_WKS_STATUS_ID: 0,
    KLHST_WKS_LAST_VISIBLE: { type: 'datetime', value: '2030-01-31T07:58:00Z' },
    KLHST_WKS_VIRUS_COUNT: { type: 'long', value: 0 },
    KLHST_WKS_OS_NAME: 'Windows 11',
    KLHST_WKS_NAG_VERSION: '15.1.0.20748',
  })
  expect(before).not.toHaveProperty('KLHST_WKS_LAST_INFOUDATE')
  expect(before).not.toHaveProperty('KLHST_WKS_RTP_AV_VERSION')

  const applications = [{ name: 'Kaspersky Endpoint Security for Windows', version: '12.6.0.438' }]
  await api.store.synchronised(agentId, { applications, at: api.clock.now })
  await api.store.turnedOff(agentId, api.clock.now)
  expect(await info([])).toMatchObject({
    KLHST_WKS_STATUS: 22,
    KLHST_WKS_RTP_AV_VERSION: '12.6.0.438',
    KLHST_WKS_LAST_INFOUDATE: { type: 'datetime', value: '2030-01-31T08:05:00Z' },
  })
})

test('an address whose last byte is high is negative in KLHST_WKS_IP; an IPv6 address is absent', async () => {
  await using api = await openApi()
  await api.device(200)
  const ipv6 = await api.device(3)
  await api.store.arrived({ ...ipv6, address: '2001:db8::3', at: 1 })
  const found = async (args: object) => {
    const { strAccessor } = (await api.call('HostGroup.FindHosts', args)).json
    return (await api.call('ChunkAccessor.GetItemsChunk', { strAccessor, nCount: 1 })).json.pChunk.KLCSP_ITERATOR_ARRAY
  }
  const vecFieldsToReturn = ['KLHST_WKS_IP', 'KLHST_WKS_IP_LONG']
  expect(await found({ vecFieldsToReturn, wstrFilter: 'KLHST_WKS_DN="ws-200"' })).toEqual([
    {
      type: 'params',
      value: { KLHST_WKS_IP: 0xc801a8c0 - 2 ** 32, KLHST_WKS_IP_LONG: { type: 'long', value: 0xc0a801c8 } },
    },
  ])
  expect(await found({ vecFieldsToReturn, wstrFilter: 'KLHST_WKS_DN="ws-3"' })).toEqual([{ type: 'params', value: {} }])
})

test('a host that is not there is an application error', async () => {
  await using api = await openApi()
  expect(await api.call('HostGroup.GetHostInfo', { strHostName: 'ws-1' })).toMatchObject({
    status: 200,
    json: { PxgError: { code: 1186, module: 'KLSTD', message: expect.stringContaining('"ws-1"') } },
  })
})

test.each([[null], [[]], [undefined]])('GetStaticInfo with %j gives everything', async pValues => {
  await using api = await openApi()
  await api.device(1)
  expect((await api.call('HostGroup.GetStaticInfo', { pValues })).json).toEqual({
    PxgRetVal: {
      KLADMSRV_GRP_ROOT: 0,
      KLADMSRV_GRP_SUPER: 2,
      KLADMSRV_GRP_UNASSIGNED: 1,
      KLADMSRV_PRODUCT_NAME: expect.stringContaining('Kaspersky Security Center'),
      KLADMSRV_PRODUCT_FULL_VERSION: '15.1',
      KLADMSRV_SERVER_HOSTNAME: 'klserver',
      KLADMSRV_IS_VIRTUAL: false,
      KLADMSRV_VSID: 0,
      KLSRV_NETSIZE: 1,
    },
  })
})

test('GetStaticInfo gives what was asked for', async () => {
  await using api = await openApi()
  const { json } = await api.call('HostGroup.GetStaticInfo', { pValues: ['KLADMSRV_VSID', 'constructor'] })
  expect(json).toEqual({ PxgRetVal: { KLADMSRV_VSID: 0 } })
})

test('an unassigned device says so, and is none of the managed ones', async () => {
  await using api = await openApi()
  for (const n of [1, 2]) await api.device(n)
  const first = (await api.store.devices()).find(({ name }) => name === 'ws-1')
  await api.store.move(first?.hostId ?? '', 1)
  expect(await names(api, { wstrFilter: MANAGED_DEVICES })).toEqual(['ws-2'])
  expect(await names(api, { wstrFilter: '(KLHST_WKS_GROUPID = 1)' })).toEqual(['ws-1'])
  const asked = ['KLHST_WKS_GROUPID', 'name', 'grp_full_name', 'KLHST_WKS_FROM_UNASSIGNED', 'KLHST_WKS_STATUS']
  const info = await api.call('HostGroup.GetHostInfo', { strHostName: first?.hostId, pFields2Return: asked })
  expect(info.json.PxgRetVal).toEqual({
    KLHST_WKS_GROUPID: 1,
    name: 'Unassigned devices',
    grp_full_name: 'Unassigned devices/',
    KLHST_WKS_FROM_UNASSIGNED: true,
    // Visible, agent installed and alive, protection: all but "in a group".
    KLHST_WKS_STATUS: 0x1d,
  })
})

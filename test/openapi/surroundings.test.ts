/** Tags, inventory, users, events and reports. */
import { expect, test } from 'vitest'
import { ADMINISTRATOR, AUDITOR, basic, openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>
const answer = async (api: Api, method: string, args: object = {}) => (await api.call(method, args)).json

test('hosts are given tags, lose them, and keep those that are renamed', async () => {
  await using api = await openApi()
  const [a, b] = [await api.device(1), await api.device(2)]
  const tags = (method: string, args: object) => answer(api, `HostsTags.ListTags.${method}`, { ...args, pParams: {} })
  const of = async (szwHostId: string) =>
    (await answer(api, 'HostTagsApi.GetHostTags', { szwHostId, pParams: null })).PxgRetVal.map(
      ({ value }: { value: { KLHST_TagValue: string } }) => value.KLHST_TagValue,
    )
  const set = (hostId: string, given: Record<string, boolean>, replace = false) =>
    answer(api, 'HostsTags.ListTags.SetTags', {
      pListItemsTags: [
        {
          type: 'params',
          value: {
            KLTAGS_ITEM_ID: hostId,
            KLTAGS_TAGS: Object.entries(given).map(([KLTAGS_VALUE, KLTAGS_SET]) => ({
              ...{ type: 'params', value: { KLTAGS_VALUE, KLTAGS_SET } },
            })),
          },
        },
      ],
      pParams: { KLTAGS_FULL_REPLACE: replace },
    })
  expect(await tags('AddTag', { szwTagValue: 'Desk' })).toEqual({})
  expect(await set(a.hostId, { Desk: true, Floor: true })).toEqual({})
  expect(await set(b.hostId, { Floor: true })).toEqual({})
  expect(await tags('GetAllTags', {})).toEqual({ PxgRetVal: ['Desk', 'Floor'] })
  expect(await set(a.hostId, { Desk: false })).toEqual({})
  expect(await of(a.hostId)).toEqual(['Floor'])
  await set(a.hostId, { Window: true }, true)
  expect(await of(a.hostId)).toEqual(['Window'])
  expect(await tags('RenameTag', { szwOldTagValue: 'Floor', szwNewTagValue: 'Level 2' })).toEqual({})
  expect(await tags('GetTags', { pIdArray: [a.hostId, b.hostId, 'nobody'] })).toEqual({
    PxgRetVal: [
      { type: 'params', value: { KLTAGS_ITEM_ID: a.hostId, KLTAGS_TAGS: ['Window'] } },
      { type: 'params', value: { KLTAGS_ITEM_ID: b.hostId, KLTAGS_TAGS: ['Level 2'] } },
    ],
  })
  await tags('DeleteTags2', { pTagValue: ['Level 2'] })
  expect(await of(b.hostId)).toEqual([])
  expect(await tags('GetAllTags', {})).toEqual({ PxgRetVal: ['Desk', 'Window'] })
  expect((await tags('RenameTag', { szwOldTagValue: 'Level 2', szwNewTagValue: 'x' })).PxgError.code).toBe(1186)
  expect((await set('nobody', { x: true })).PxgError.code).toBe(1186)
})

test('the inventory has the applications of one host, and of all each once', async () => {
  await using api = await openApi()
  const [a, b] = [await api.device(1), await api.device(2)]
  const kes = { name: 'Kaspersky Endpoint Security', version: '12.6' }
  await api.store.synchronised(a.agentId, { applications: [kes, { name: 'Editor', version: '1' }], at: 1 })
  await api.store.synchronised(b.agentId, { applications: [kes], at: 1 })
  const listed = async (method: string, args = {}) =>
    (await answer(api, `InventoryApi.${method}`, args)).PxgRetVal.GNRL_EA_PARAM_1.map(
      ({ value }: { value: Record<string, unknown> }) => [value.DisplayName, value.DisplayVersion, value.Publisher],
    )
  const both = [
    ['Kaspersky Endpoint Security', '12.6', 'Kaspersky'],
    ['Editor', '1', ''],
  ]
  expect(await listed('GetHostInvProducts', { szwHostId: a.hostId })).toEqual(both)
  expect(await listed('GetHostInvProducts', { szwHostId: b.hostId })).toEqual(both.slice(0, 1))
  expect(await listed('GetInvProductsList', { pParams: null })).toEqual(both)
  expect(await listed('GetHostInvPatches', { szwHostId: a.hostId })).toEqual([])
  expect(await listed('GetInvPatchesList')).toEqual([])
  for (const method of ['GetHostInvProducts', 'GetHostInvPatches'])
    expect((await answer(api, `InventoryApi.${method}`, { szwHostId: 'x' })).PxgError.code, method).toBe(1186)
})

test('events that agents sent are read by iterator, of all and of one host, and filtered', async () => {
  await using api = await openApi()
  const [a, b] = [await api.device(1), await api.device(2)]
  const event = (n: number, agentId: string, severity: 1 | 4) =>
    api.store.event({ agentId, id: `e${n}`, at: api.clock.now + n * 1_000, severity, kind: 'KIND', text: `text ${n}` })
  await event(1, a.agentId, 1)
  await event(2, b.agentId, 4)
  await event(3, a.agentId, 4)
  const texts = async (method: string, args: object) => {
    const { strIteratorId } = await answer(api, `EventProcessingFactory.${method}`, {
      vecFieldsToReturn: ['GNRL_EA_DESCRIPTION', 'hostdn'],
      vecFieldsToOrder: [{ type: 'params', value: { Name: 'rise_time', Asc: true } }],
      ...{ lifetimeSec: 120, pFilter: null, ...args },
    })
    const range = { strIteratorId, nStart: 0, nEnd: 9 }
    const { pParamsEvents } = await answer(api, 'EventProcessing.GetRecordRange', range)
    return pParamsEvents.KLEVP_EVENT_RANGE_ARRAY.map(({ value }: { value: Record<string, string> }) =>
      [value.hostdn, value.GNRL_EA_DESCRIPTION].join(' '),
    )
  }
  expect(await texts('CreateEventProcessing', { pFilter: { event_type: 'KIND' } })).toEqual([
    ...['ws-1 text 1', 'ws-2 text 2', 'ws-1 text 3'],
  ])
  expect(await texts('CreateEventProcessing2', { pFilter: { GNRL_EA_SEVERITY: 4 } })).toEqual([
    ...['ws-2 text 2', 'ws-1 text 3'],
  ])
  const ofHost = { strDomainName: '', strHostName: a.hostId, strProduct: '', strVersion: '' }
  expect(await texts('CreateEventProcessingForHost', ofHost)).toEqual(['ws-1 text 1', 'ws-1 text 3'])
  const warned = { ...ofHost, pFilter: { GNRL_EA_SEVERITY: 4 } }
  expect(await texts('CreateEventProcessingForHost2', warned)).toEqual(['ws-1 text 3'])
})

test('views: the first N events that a filter leaves, and the users', async () => {
  await using api = await openApi()
  const { agentId } = await api.device(1)
  for (const n of [1, 2, 3])
    await api.store.event({ agentId, id: `e${n}`, at: n * 1_000, severity: 1, kind: 'KIND', text: `text ${n}` })
  const rows = async (args: object) => {
    const { wstrIteratorId } = await answer(api, 'SrvView.ResetIterator', args)
    const { pRecords } = await answer(api, 'SrvView.GetRecordRange', { wstrIteratorId, nStart: 0, nEnd: 9 })
    return pRecords.KLCSP_ITERATOR_ARRAY.map(({ value }: { value: object }) => value)
  }
  expect(
    await rows({
      ...{ wstrViewName: 'EventsSrvViewName', wstrFilter: '(event_type="KIND")', pParams: { TOP_N: 2 } },
      ...{ vecFieldsToReturn: ['GNRL_EA_DESCRIPTION'], vecFieldsToOrder: [{ Name: 'rise_time' }] },
    }),
  ).toEqual([{ GNRL_EA_DESCRIPTION: 'text 1' }, { GNRL_EA_DESCRIPTION: 'text 2' }])
  expect(await rows({ wstrViewName: 'GlobalUsersListSrvViewName' })).toEqual([
    {
      ul_llTrusteeId: { type: 'long', value: 1 },
      ul_binId: { type: 'binary', value: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/) },
      ...{ ul_wstrDisplayName: ADMINISTRATOR.user, ul_nVServer: 0 },
    },
    expect.objectContaining({ ul_wstrDisplayName: AUDITOR.user }),
  ])
  const users = (lUserId: number) => answer(api, 'SecurityPolicy.GetUsers', { lUserId, lVsId: -1 })
  expect((await users(0)).PxgRetVal).toMatchObject([
    { value: { KLSPL_USER_ID: 1, KLSPL_USER_NAME: ADMINISTRATOR.user } },
    { value: { KLSPL_USER_ID: 2, KLSPL_USER_NAME: AUDITOR.user } },
  ])
  expect((await users(2)).PxgRetVal).toHaveLength(1)
  expect((await users(9)).PxgRetVal).toEqual([])
})

test.each([
  [0, '.xml', '<row device="ws-1" address="192.168.1.1" application="A &amp; B" version="1"/>'],
  [1, '.csv', 'ws-1,192.168.1.1,A & B,1\r\n'],
  [2, '.json', '"application":"A & B"'],
])('a report of type %i is made, and fetched whole or from a byte on', async (type, extension, part) => {
  await using api = await openApi()
  const { agentId } = await api.device(1)
  await api.store.synchronised(agentId, { applications: [{ name: 'A & B', version: '1' }], at: 1 })
  expect((await answer(api, 'ReportManager.EnumReports')).PxgRetVal).toMatchObject([{ value: { RPT_ID: 1 } }])
  expect(await answer(api, 'ReportManager.GetReportIds')).toEqual({ PxgRetVal: [1] })
  expect((await answer(api, 'ReportManager.GetReportInfo', { lReportId: 1 })).PxgRetVal.RPT_DN).toMatch(/versions/)
  const { strRequestId } = await answer(api, 'ReportManager.ExecuteReportAsync', {
    lReportId: 1,
    pOptions: { KLRPT_OUTPUT_FORMAT: { type: 'params', value: { KLRPT_TARGET_TYPE: type } }, RPT_LOC_LOCALE: 2057 },
  })
  const state = await answer(api, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strRequestId })
  expect(state).toMatchObject({ bFinalized: true, bSuccededFinalized: true })
  const path: string = state.pStateData.KLRPT_OUTPUT_FILE
  expect(path).toMatch(new RegExp(`\\${extension}$`))
  const get = (headers: Record<string, string>, url = path) => api.app.inject({ method: 'GET', url, headers })
  const authorization = basic()
  const whole = await get({ authorization })
  expect(whole).toMatchObject({ statusCode: 200 })
  expect(whole.payload).toContain(part)
  const rest = await get({ authorization, range: 'bytes=5-' })
  expect(rest).toMatchObject({ statusCode: 206, payload: whole.payload.slice(5) })
  expect(rest.headers['content-range']).toBe(`bytes 5-${whole.rawPayload.length - 1}/${whole.rawPayload.length}`)
  expect((await get({ authorization, range: 'bytes=2-3' })).payload).toBe(whole.payload.slice(2, 4))
  expect((await get({ authorization, range: 'bytes=99999-' })).statusCode).toBe(416)
  expect((await get({})).statusCode, 'without a login').toBe(401)
  expect((await get({ authorization }, `${path}x`)).statusCode).toBe(404)
})

test('what the lab has none of is told so', async () => {
  await using api = await openApi()
  expect(await answer(api, 'VServers.GetVServers', { lParentGroup: 0 })).toEqual({ PxgRetVal: [] })
  expect(await answer(api, 'Updates.GetUpdatesInfo', { pFilter: {} })).toEqual({ PxgRetVal: [] })
  expect(await answer(api, 'UaControl.GetDefaultUpdateAgentRegistrationInfo')).toMatchObject({
    pUaInfo: { UaPort: 13000, UaIsCg: false },
  })
  expect(await answer(api, 'UaControl.GetUpdateAgentsList')).toEqual({ pUasArr: [] })
  expect(await answer(api, 'HostGroup.GetDomains')).toEqual({ PxgRetVal: [] })
  const { lKeyCount, wstrIterator: szwIterator } = await answer(api, 'LicenseKeys.EnumKeys', {
    pFields: [],
    lTimeoutSec: 60,
  })
  expect(lKeyCount).toBe(0)
  expect(await answer(api, 'GroupSyncIterator.GetNextItems', { szwIterator, nCount: 10 })).toEqual({
    ...{ PxgRetVal: 0, bEOF: true, pData: { KLCSP_ITERATOR_ARRAY: [] } },
  })
  expect(await answer(api, 'GroupSyncIterator.ReleaseIterator', { szwIterator })).toEqual({})
  expect((await answer(api, 'GroupSyncIterator.GetNextItems', { szwIterator })).PxgError.code).toBe(1186)
  expect(await answer(api, 'UaControl.GetAssignUasAutomatically')).toEqual({ PxgRetVal: false })
  expect((await answer(api, 'FileCategorizer2.GetCategory', { nCategoryId: 5 })).PxgError).toMatchObject({ code: 1186 })
  expect(await answer(api, 'HostGroup.FindIncidents', { strFilter: '', lMaxLifeTime: 60 })).toMatchObject({
    PxgRetVal: 0,
  })
  expect((await answer(api, 'HostGroup.FindIncidents', { strFilter: '(' })).PxgError.message).toMatch(/FindIncidents/)
  for (const [method, args] of [
    ['ReportManager.ExecuteReportAsync', { lReportId: 9 }],
    ['ReportManager.GetReportInfo', { lReportId: 9 }],
  ] as const)
    expect((await answer(api, method, args)).PxgError.code, method).toBe(1186)
  const pdf = { lReportId: 1, pOptions: { KLRPT_OUTPUT_FORMAT: { KLRPT_TARGET_TYPE: 7 } } }
  expect((await answer(api, 'ReportManager.ExecuteReportAsync', pdf)).PxgError.message).toMatch(/0 \(XML\).*not 7/)
})

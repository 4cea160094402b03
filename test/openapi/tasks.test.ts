import { expect, test } from 'vitest'
import { openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>

const answer = async (api: Api, method: string, args: object = {}) => (await api.call(method, args)).json

async function listed(api: Api, args: object = {}): Promise<{ TASK_UNIQUE_ID: string }[]> {
  const { strTaskIteratorId } = await answer(api, 'Tasks.ResetTasksIterator', args)
  const tasks = []
  for (;;) {
    const { pTaskData } = await answer(api, 'Tasks.GetNextTask', { strTaskIteratorId })
    if (Object.keys(pTaskData).length === 0) break
    tasks.push(pTaskData)
  }
  expect(await answer(api, 'Tasks.ReleaseTasksIterator', { strTaskIteratorId })).toEqual({})
  expect((await answer(api, 'Tasks.GetNextTask', { strTaskIteratorId })).PxgError.code).toBe(1186)
  return tasks
}

const history = async (api: Api, args: object) => {
  const { strIteratorId } = await answer(api, 'Tasks.GetTaskHistory', args)
  const { PxgRetVal: count } = await answer(api, 'EventProcessing.GetRecordCount', { strIteratorId })
  const range = { strIteratorId, nStart: 0, nEnd: 100 }
  const { pParamsEvents } = await answer(api, 'EventProcessing.GetRecordRange', range)
  expect(pParamsEvents.KLEVP_EVENT_RANGE_ARRAY).toHaveLength(count)
  expect(await answer(api, 'EventProcessing.ReleaseIterator', { strIteratorId })).toEqual({})
  return pParamsEvents.KLEVP_EVENT_RANGE_ARRAY.map(
    ({ value: { task_new_state, rise_time } }: { value: Record<string, { value: string }> }) => [
      task_new_state,
      rise_time?.value.slice(11, 19),
    ],
  )
}

test('tasks are listed one by one, and each is read by its id', async () => {
  await using api = await openApi()
  const names = (await api.store.tasks()).map(({ name }) => name)
  const tasks = await listed(api, { strTaskName: '', strProductName: null })
  expect(tasks).toMatchObject(names.map(TASK_NAME => ({ TASK_NAME, TASKID_PRODUCT_NAME: '1103' })))
  expect(await listed(api, { strTaskName: names[0] })).toEqual(tasks.slice(0, 1))
  expect(await listed(api, { nGroupId: 1, bGroupIdSignificant: true })).toEqual([])
  const [{ TASK_UNIQUE_ID: strTask } = { TASK_UNIQUE_ID: '' }] = tasks
  expect(strTask).toMatch(/^\d+$/)
  expect(await answer(api, 'Tasks.GetTaskData', { strTask })).toEqual({ PxgRetVal: tasks[0] })
  expect((await answer(api, 'Tasks.GetTask', { strTask })).PxgRetVal).toMatchObject({
    ...{ DisplayName: names[0], TASK_UNIQUE_ID: strTask, PRTS_TASK_CREATION_DATE: { type: 'datetime' } },
  })
  for (const method of ['GetTask', 'GetTaskData', 'RunTask', 'GetTaskStatistics', 'GetTaskHistory'])
    expect((await answer(api, `Tasks.${method}`, { strTask: '999' })).PxgError, method).toMatchObject({
      code: 1186,
      message: expect.stringContaining('"999"'),
    })
})

test('a task calls its devices, is done where one synchronises, and fails where one does not come', async () => {
  await using api = await openApi()
  const [comes, stays] = [await api.device(1), await api.device(2)]
  const unassigned = await api.device(3)
  await api.store.move(unassigned.hostId, 1)
  const strTask = '1'
  expect(
    (await answer(api, 'Tasks.GetAllTasksOfHost', { strDomainName: '', strHostName: comes.hostId })).PxgRetVal,
  ).toContain(strTask)
  expect((await answer(api, 'Tasks.GetAllTasksOfHost', { strHostName: unassigned.hostId })).PxgRetVal).toEqual([])
  expect(await answer(api, 'Tasks.RunTask', { strTask })).toEqual({})
  expect(api.called.map(({ hostId }) => hostId).sort()).toEqual([comes.hostId, stays.hostId].sort())
  const statistics = async () => (await answer(api, 'Tasks.GetTaskStatistics', { strTask })).PxgRetVal
  expect(await statistics()).toMatchObject({ 2: 2, 4: 0, 16: 0, GNRL_COMPLETED_PERCENT: 0 })
  expect(await history(api, { strTask, strHostName: comes.hostId })).toEqual([[1, '08:05:00']])

  await api.store.finishTasks(comes.hostId, api.clock.now + 2_000)
  expect(await statistics()).toMatchObject({ 2: 1, 4: 1, GNRL_COMPLETED_PERCENT: 50 })
  expect(await history(api, { strTask, strHostName: comes.hostId })).toEqual([
    [1, '08:05:00'],
    [4, '08:05:02'],
  ])
  api.clock.now += 10_000
  expect(await statistics()).toMatchObject({ 2: 0, 4: 1, 16: 1, GNRL_COMPLETED_PERCENT: 100 })
  expect(await history(api, { strTask, strHostName: stays.hostId })).toEqual([
    [1, '08:05:00'],
    [3, '08:05:10'],
  ])
})

test('a forced synchronisation is an action: it goes on until all have come, and fails with who has not', async () => {
  await using api = await openApi()
  const [first, second] = [await api.device(1), await api.device(2)]
  const check = (wstrActionGuid: string) => answer(api, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid })
  const { strActionGuid } = await answer(api, 'HostGroup.AddHostsForSync', {
    pHostNames: [first.hostId, second.hostId],
    strSSType: '',
  })
  expect(api.called.map(({ hostId }) => hostId)).toEqual([first.hostId, second.hostId])
  expect(await check(strActionGuid)).toMatchObject({ bFinalized: false, lNextCheckDelay: expect.any(Number) })
  for (const { answer } of api.called) answer.resolve()
  await expect.poll(() => check(strActionGuid)).toMatchObject({ bFinalized: true, bSuccededFinalized: true })

  const ofGroup = await answer(api, 'HostGroup.AddGroupHostsForSync', { nGroupId: 0 })
  expect(api.called).toHaveLength(4)
  api.called[2]?.answer.resolve()
  api.called[3]?.answer.reject(new Error('ws-2 has not synchronised'))
  await expect
    .poll(() => check(ofGroup.strActionGuid))
    .toMatchObject({
      bFinalized: true,
      bSuccededFinalized: false,
      pStateData: {
        GNRL_EA_DESCRIPTION: 'ws-2 has not synchronised',
        KLBLAG_ERROR_INFO: { type: 'params', value: { KLBLAG_ERROR_MSG: 'ws-2 has not synchronised' } },
      },
    })
})

test('a task of a host is found, started by its Network Agent, and watched until it is done', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  await api.device(2)
  const { PxgRetVal: strSrvObjId } = await answer(api, 'HostGroup.GetHostTasks', { strHostName: hostId })
  const any = { strProductName: '', strVersion: '', strComponentName: '', strInstanceId: '', strTaskName: '' }
  const names = async (filter: object) => {
    expect(await answer(api, 'HostTasks.ResetTasksIterator', { strSrvObjId, ...any, ...filter })).toEqual({})
    const found: string[] = []
    for (;;) {
      const { pTaskData } = await answer(api, 'HostTasks.GetNextTask', { strSrvObjId })
      if (Object.keys(pTaskData).length === 0) return found
      found.push(pTaskData.TASK_INFO_PARAMS.value.DisplayName)
    }
  }
  const all = (await api.store.tasks()).map(({ name }) => name)
  expect(await names({})).toEqual(all)
  expect(await names({ strTaskName: all[1] }), 'from the first one again').toEqual(all.slice(1, 2))
  const { PxgRetVal: data } = await answer(api, 'HostTasks.GetTaskData', { strSrvObjId, strTask: '1' })
  const { TASK_UNIQUE_ID, TASKID_PRODUCT_NAME, TASKID_VERSION } = data
  expect((await answer(api, 'HostTasks.GetNextTask', { strSrvObjId: 'x' })).PxgError.code).toBe(1186)

  const { PxgRetVal: location } = await answer(api, 'CgwHelper.GetNagentLocation', { wsHostName: hostId })
  const { wstrAuthKey } = await answer(api, 'GatewayConnection.PrepareGatewayConnection', { pLocations: [location] })
  const started = await api.post('/api/v1.0/Session.StartSession', {}, { authorization: `KSCGW ${wstrAuthKey}` })
  const onAgent = async (method: string, args: object) =>
    (await api.post(`/api/v1.0/NagHstCtl.${method}`, args, { 'x-ksc-session': started.json.PxgRetVal })).json
  const send = (szwTaskStorageId: string, nTaskAction: number) =>
    onAgent('SendTaskAction', {
      ...{ szwProduct: TASKID_PRODUCT_NAME, szwVersion: TASKID_VERSION, szwTaskStorageId, nTaskAction },
    })
  const running = async () => {
    const pFilter = { 'klhst-rt-TskInfo': { type: 'params', value: { 'klhst-ProductName': TASKID_PRODUCT_NAME } } }
    const info = (await onAgent('GetHostRuntimeInfo', { pFilter })).PxgRetVal['klhst-rt-TskInfo'].value
    return info[TASKID_PRODUCT_NAME].value['klhst-rt-TskArray'].map(({ value }: { value: object }) => value)
  }
  expect(await send(TASK_UNIQUE_ID, 0)).toEqual({})
  expect([api.called, await running()], 'stopping calls nobody').toEqual([[], []])
  expect(await send(TASK_UNIQUE_ID, 5)).toEqual({})
  expect(api.called.map(one => one.hostId)).toEqual([hostId])
  expect(await running()).toEqual([{ taskStorageId: TASK_UNIQUE_ID, taskState: 1 }])
  await api.store.finishTasks(hostId, api.clock.now + 1_000)
  expect(await running()).toEqual([{ taskStorageId: TASK_UNIQUE_ID, taskState: 4 }])
  expect((await send('999', 5)).PxgError).toMatchObject({ code: 1186, message: expect.stringMatching(/^szwTask/) })
  expect((await send('1', 9)).PxgError.message).toMatch(/nTaskAction/)
})

test('of many devices only so many are called at once, and all in the end', async () => {
  await using api = await openApi()
  for (let n = 1; n <= 120; n += 1) await api.device(n)
  const { strActionGuid } = await answer(api, 'HostGroup.AddGroupHostsForSync', { nGroupId: 0 })
  expect(api.called).toHaveLength(100)
  for (const { answer } of api.called) answer.reject(new Error('not here'))
  await expect.poll(() => api.called.length).toBe(120)
  for (const { answer } of api.called) answer.resolve()
  await expect
    .poll(() => answer(api, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strActionGuid }))
    .toMatchObject({ bFinalized: true, pStateData: { GNRL_EA_DESCRIPTION: 'not here; nor have 99 more' } })
})

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
  expect(await check(strActionGuid)).toMatchObject({ bFinalized: true, bSuccededFinalized: true })

  const ofGroup = await answer(api, 'HostGroup.AddGroupHostsForSync', { nGroupId: 0 })
  expect(api.called).toHaveLength(4)
  api.called[2]?.answer.resolve()
  api.called[3]?.answer.reject(new Error('ws-2 has not synchronised'))
  expect(await check(ofGroup.strActionGuid)).toMatchObject({
    bFinalized: true,
    bSuccededFinalized: false,
    pStateData: {
      GNRL_EA_DESCRIPTION: 'ws-2 has not synchronised',
      KLBLAG_ERROR_INFO: { type: 'params', value: { KLBLAG_ERROR_MSG: 'ws-2 has not synchronised' } },
    },
  })
})

test('behind a gateway connection a task that is started calls that host alone', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  await api.device(2)
  const { PxgRetVal: location } = await answer(api, 'CgwHelper.GetNagentLocation', { wsHostName: hostId })
  const { wstrAuthKey } = await answer(api, 'GatewayConnection.PrepareGatewayConnection', { pLocations: [location] })
  const started = await api.post('/api/v1.0/Session.StartSession', {}, { authorization: `KSCGW ${wstrAuthKey}` })
  const send = async (szwTaskStorageId: string, nTaskAction: number) =>
    (
      await api.post(
        '/api/v1.0/NagHstCtl.SendTaskAction',
        { szwProduct: '1103', szwVersion: '1.0.0.0', szwTaskStorageId, nTaskAction },
        { 'x-ksc-session': started.json.PxgRetVal },
      )
    ).json
  expect(await send('1', 0)).toEqual({})
  expect(api.called, 'stopping calls nobody').toEqual([])
  expect(await send('1', 5)).toEqual({})
  expect(api.called.map(one => one.hostId)).toEqual([hostId])
  expect((await send('999', 5)).PxgError.code).toBe(1186)
  expect((await send('1', 9)).PxgError.message).toMatch(/nTaskAction/)
})

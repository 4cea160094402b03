/** What the OpenAPI says of a task. */
import type { GroupTree } from '../group-tree.ts'
import type { Store, Task, TaskRun } from '../store/index.ts'
import { notFound } from './errors.ts'
import { datetime, type Fields, params } from './types.ts'

/** The Network Agent, by which the lab's tasks are run. */
export const PRODUCT = '1103'
const PRODUCT_VERSION = '1.0.0.0'

/** Task states of the vendor's reference. */
export const RUNNING = 1
export const FAILED = 3
export const COMPLETED = 4

/** ms after which a device that has not come has failed (assumed): clients wait for an end without limit. */
const PATIENCE = 10_000

/** What became of a run, and when. */
export function stateOf({ startedAt, finishedAt }: TaskRun, now: number): { state: number; at: number } {
  if (finishedAt !== null) return { state: COMPLETED, at: finishedAt }
  const until = startedAt + PATIENCE
  return now < until ? { state: RUNNING, at: startedAt } : { state: FAILED, at: until }
}

const ids = ({ number, name }: Task): Fields => ({
  TASK_UNIQUE_ID: String(number),
  TASK_NAME: name,
  TASKID_PRODUCT_NAME: PRODUCT,
  TASKID_VERSION: PRODUCT_VERSION,
})

export const taskData = (tree: GroupTree, task: Task): Fields => ({
  ...ids(task),
  TASKID_COMPONENT_NAME: '',
  TASKSCH_TYPE: 0,
  TASK_INFO_PARAMS: params({
    DisplayName: task.name,
    PRTS_TASK_GROUPID: task.groupId,
    PRTS_TASK_GROUPNAME: tree.get(task.groupId)?.name ?? '',
  }),
  TASK_ADDITIONAL_PARAMS: params({}),
})

export const taskFields = (task: Task): Fields => ({
  ...ids(task),
  DisplayName: task.name,
  PRTS_TASK_CREATION_DATE: datetime(task.createdAt),
})

export interface TaskFilter {
  strProductName?: string | undefined
  strVersion?: string | undefined
  strTaskName?: string | undefined
}

/** Empty texts and what is absent are any. */
export function tasksThat(data: readonly Fields[], { strProductName, strVersion, strTaskName }: TaskFilter): Fields[] {
  const asked = { TASKID_PRODUCT_NAME: strProductName, TASKID_VERSION: strVersion, TASK_NAME: strTaskName }
  return data.filter(task => Object.entries(asked).every(([name, wanted]) => !wanted || task[name] === wanted))
}

/** @param groupId tasks of this group and of those above it */
export const tasksOf = async (store: Store, tree: GroupTree, groupId: number): Promise<Task[]> =>
  tree.inherited(await store.tasks(), groupId)

/** @throws PxgError */
export async function taskWith(store: Store, id: string, argument = 'strTask'): Promise<Task> {
  const task = (await store.tasks()).find(({ number }) => String(number) === id)
  if (task) return task
  throw notFound(
    `${argument}: there is no task ${JSON.stringify(id.slice(0, 64))}; Tasks.GetNextTask gives TASK_UNIQUE_ID`,
  )
}

import type { Kysely } from 'kysely'
import type { TaskRunRow } from './administration-schema.ts'
import type { Revisioned, Schema } from './schema.ts'

export interface Task extends Revisioned {
  /** As the OpenAPI calls it. */
  number: number
  groupId: number
  /** ms since 1970 */
  createdAt: number
}

/** The last run of a task on a device; times in ms since 1970. */
export interface TaskRun {
  /** Of the task. */
  number: number
  hostId: string
  startedAt: number
  /** null: it goes on. */
  finishedAt: number | null
}

export async function selectTasks(db: Kysely<Schema>): Promise<Task[]> {
  const rows = await db.selectFrom('tasks').selectAll().orderBy('name').orderBy('number').execute()
  return rows.map(({ group_id, created_at, ...rest }) => ({
    ...rest,
    groupId: group_id,
    createdAt: Number(created_at),
  }))
}

/** Rows of one statement: SQL Server takes 2,100 parameters. */
const ROWS = 500

export const startTask = (db: Kysely<Schema>, number: number, hostIds: string[], at: number): Promise<void> =>
  db.transaction().execute(async transaction => {
    await transaction.deleteFrom('task_runs').where('task_number', '=', number).execute()
    const rows = hostIds.map(host_id => begun(number, host_id, at))
    for (let from = 0; from < rows.length; from += ROWS)
      await transaction
        .insertInto('task_runs')
        .values(rows.slice(from, from + ROWS))
        .execute()
  })

/** On one device; of the others the last run stands. */
export const startTaskOn = (db: Kysely<Schema>, number: number, hostId: string, at: number): Promise<void> =>
  db.transaction().execute(async transaction => {
    const last = transaction.deleteFrom('task_runs').where('task_number', '=', number).where('host_id', '=', hostId)
    await last.execute()
    await transaction
      .insertInto('task_runs')
      .values(begun(number, hostId, at))
      .execute()
  })

const begun = (task_number: number, host_id: string, started_at: number): TaskRunRow => ({
  ...{ task_number, host_id, started_at },
  finished_at: null,
})

/** A device has done what it was to do: a task comes with a synchronisation, and is over at once. */
export async function finishTasks(db: Kysely<Schema>, hostId: string, at: number): Promise<void> {
  await db
    .updateTable('task_runs')
    .set({ finished_at: at })
    .where('host_id', '=', hostId)
    .where('finished_at', 'is', null)
    .execute()
}

export async function selectTaskRuns(
  db: Kysely<Schema>,
  where: { task_number: number } | { host_id: string },
): Promise<TaskRun[]> {
  const rows = db
    .selectFrom('task_runs')
    .selectAll()
    .where(by => by.and(where))
    .orderBy('task_number')
    .orderBy('host_id')
  return (await rows.execute()).map(({ task_number, host_id, started_at, finished_at }) => ({
    number: task_number,
    hostId: host_id,
    startedAt: Number(started_at),
    finishedAt: finished_at === null ? null : Number(finished_at),
  }))
}

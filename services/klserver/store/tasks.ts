import type { Kysely } from 'kysely'
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

export const startTask = (db: Kysely<Schema>, number: number, hostIds: string[], at: number): Promise<void> =>
  db.transaction().execute(async transaction => {
    await transaction.deleteFrom('task_runs').where('task_number', '=', number).execute()
    for (const host_id of hostIds)
      await transaction
        .insertInto('task_runs')
        .values({ task_number: number, host_id, started_at: at, finished_at: null })
        .execute()
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

export async function selectTaskRuns(db: Kysely<Schema>, number: number): Promise<TaskRun[]> {
  const rows = db.selectFrom('task_runs').selectAll().where('task_number', '=', number).orderBy('host_id')
  return (await rows.execute()).map(({ host_id, started_at, finished_at }) => ({
    hostId: host_id,
    startedAt: Number(started_at),
    finishedAt: finished_at === null ? null : Number(finished_at),
  }))
}

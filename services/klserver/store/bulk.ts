import type { Kysely } from 'kysely'
import { type Arrival, newDevice } from './devices.ts'
import { isMssql } from './dialect.ts'
import { StoreError } from './errors.ts'
import { faultOf } from './faults.ts'
import type { DeviceRow, Schema } from './schema.ts'

/** A device as it would be after a life of its own. */
export interface SettledDevice extends Arrival {
  hostId: string
  createdAt: number
  lastSyncAt: number
  state: 'on' | 'off'
  /** base64 */
  noticeKey: string
}

/** Rows of one statement: every database has a limit of its parameters, and SQL Server's is 2,100. */
const ROWS = 1_000
const ROWS_OF_MSSQL = 90

/** All of them, or none. @throws StoreError where one of them is there already */
export async function addDevices(db: Kysely<Schema>, devices: Iterable<SettledDevice>): Promise<number> {
  const most = isMssql(db) ? ROWS_OF_MSSQL : ROWS
  try {
    return await db.transaction().execute(async transaction => {
      let rows: DeviceRow[] = []
      let added = 0
      const flush = async () => {
        if (rows.length === 0) return
        await transaction.insertInto('devices').values(rows).execute()
        added += rows.length
        rows = []
      }
      for (const device of devices) {
        rows.push(rowOf(device))
        if (rows.length === most) await flush()
      }
      await flush()
      return added
    })
  } catch (error) {
    if (faultOf(error) !== 'unique') throw error
    throw new StoreError(
      'some of these devices are in the store already',
      'give another --rng, or another state folder or database',
      { cause: error },
    )
  }
}

const rowOf = (device: SettledDevice): DeviceRow => ({
  ...newDevice(device),
  host_id: device.hostId,
  created_at: device.createdAt,
  last_sync_at: device.lastSyncAt,
  state: device.state,
  notice_key: device.noticeKey,
})

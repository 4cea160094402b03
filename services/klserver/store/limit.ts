import type { Kysely } from 'kysely'
import { NetError } from '../../../shared/net/errors.ts'
import type { Schema } from './schema.ts'

/** Devices of one Administration Server (help topic "Limitations of Kaspersky Security Center": 100,000). */
export const DEVICE_LIMIT = 100_000
/** Below the limit by more than this, the rows are not counted anew. */
const NEAR = 1_000

export const countDevices = async (db: Kysely<Schema>): Promise<number> => {
  const counted = db.selectFrom('devices').select(({ fn }) => fn.countAll().as('rows'))
  return Number((await counted.executeTakeFirstOrThrow()).rows)
}

/** Asked before a device is made. @throws NetError where there is no room for so many more */
export function deviceLimit(db: Kysely<Schema>): (more?: number) => Promise<void> {
  let known = Number.POSITIVE_INFINITY
  return async (more = 1) => {
    if (known + more > DEVICE_LIMIT - NEAR) known = await countDevices(db)
    if (known + more > DEVICE_LIMIT)
      throw new NetError(
        'too-many-devices',
        `an Administration Server has at most ${DEVICE_LIMIT} devices: there are ${known}, and ${more} more do not fit; remove some (HostGroup.RemoveHosts), or use a secondary Server`,
      )
    known += more
  }
}

import * as v from 'valibot'
import { Integer } from '../../../shared/wire/messages/fields.ts'
import type { StoredEvent } from '../store/index.ts'
import { eventRecords } from './event-attributes.ts'
import type { Call } from './method.ts'
import { FieldNames, Orders, search } from './search.ts'

/** What EventProcessingFactory takes; of its filter the severity and the type (assumed: the rest is read over). */
export const eventArgs = {
  vecFieldsToReturn: v.optional(FieldNames),
  vecFieldsToOrder: v.optional(Orders),
  lifetimeSec: v.optional(Integer),
  pFilter: v.optional(v.object({ GNRL_EA_SEVERITY: v.optional(Integer), event_type: v.optional(v.string()) })),
}

type EventArgs = v.InferOutput<v.ObjectSchema<typeof eventArgs, undefined>>

/** @param hostId of one host only */
export async function eventIterator(call: Call, name: string, args: EventArgs, hostId?: string) {
  const { pFilter: { GNRL_EA_SEVERITY: severity, event_type: kind } = {}, lifetimeSec, ...view } = args
  const fits = (event: StoredEvent) =>
    (severity === undefined || event.severity === severity) && (kind === undefined || event.kind === kind)
  const events = (await call.store.events(hostId)).filter(fits)
  const found = search(call, name, { ...view, lMaxLifeTime: lifetimeSec }, await eventRecords(call.store, events))
  return { strIteratorId: found.strAccessor }
}

import * as v from 'valibot'
import { Integer } from '../../../shared/wire/messages/fields.ts'
import type { StoredEvent } from '../store/index.ts'
import { eventRecords } from './event-attributes.ts'
import { hostWith } from './host-with.ts'
import { type Call, type Method, method } from './method.ts'
import { FieldNames, Orders, search } from './search.ts'

/** What EventProcessingFactory takes; of its filter the severity and the type (assumed: the rest is read over). */
const eventArgs = {
  vecFieldsToReturn: v.optional(FieldNames),
  vecFieldsToOrder: v.optional(Orders),
  lifetimeSec: v.optional(Integer),
  pFilter: v.optional(v.object({ GNRL_EA_SEVERITY: v.optional(Integer), event_type: v.optional(v.string()) })),
}

type EventArgs = v.InferOutput<v.ObjectSchema<typeof eventArgs, undefined>>

/** @param hostId of one host only */
async function eventIterator(call: Call, name: string, args: EventArgs, hostId?: string) {
  const { pFilter: { GNRL_EA_SEVERITY: severity, event_type: kind } = {}, lifetimeSec, ...view } = args
  const fits = (event: StoredEvent) =>
    (severity === undefined || event.severity === severity) && (kind === undefined || event.kind === kind)
  const events = (await call.store.events(hostId)).filter(fits)
  const found = search(call, name, { ...view, lMaxLifeTime: lifetimeSec }, await eventRecords(call.store, events))
  return { strIteratorId: found.strAccessor }
}

/** Methods of EventProcessingFactory of which there are two that differ in the name alone. */
export const eventsOfAll = (name: string): Method =>
  method({
    name,
    fidelity: 'documented',
    about: 'Reads events that Network Agents sent, and those of the Server; the 1,000 newest',
    answer: '`strIteratorId`',
    assumed: 'of the filter `GNRL_EA_SEVERITY` and `event_type`, the rest is read over',
    args: v.object(eventArgs),
    run: (call, args) => eventIterator(call, name, args),
  })

export const eventsOfHost = (name: string): Method =>
  method({
    name,
    fidelity: 'documented',
    about: 'Reads events of a host',
    answer: '`strIteratorId`',
    assumed: 'as CreateEventProcessing; product and version are read over',
    args: v.object({
      ...eventArgs,
      strDomainName: v.optional(v.string()),
      strHostName: v.string(),
      strProduct: v.optional(v.string()),
      strVersion: v.optional(v.string()),
    }),
    async run(call, { strHostName, strDomainName: _domain, strProduct: _product, strVersion: _version, ...args }) {
      const { hostId } = await hostWith(call.store, strHostName, 'strHostName')
      return eventIterator(call, name, args, hostId)
    },
  })

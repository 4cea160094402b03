import * as v from 'valibot'
import { eventArgs, eventIterator } from '../event-iterator.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const createEventProcessingForHost = method({
  name: 'EventProcessingFactory.CreateEventProcessingForHost',
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
    return eventIterator(call, 'EventProcessingFactory.CreateEventProcessingForHost', args, hostId)
  },
})

import * as v from 'valibot'
import { eventArgs, eventIterator } from '../event-iterator.ts'
import { method } from '../method.ts'

export const createEventProcessing2 = method({
  name: 'EventProcessingFactory.CreateEventProcessing2',
  fidelity: 'documented',
  about: 'Reads events that Network Agents sent, and those of the Server; the 1,000 newest',
  answer: '`strIteratorId`',
  assumed: 'of the filter `GNRL_EA_SEVERITY` and `event_type`, the rest is read over',
  args: v.object(eventArgs),
  run: (call, args) => eventIterator(call, 'EventProcessingFactory.CreateEventProcessing2', args),
})

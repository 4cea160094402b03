import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { method } from '../method.ts'
import { attributeIn, fieldsIn } from '../pick.ts'
import { FieldNames, Orders, search } from '../search.ts'
import { RUNNING, stateOf, taskWith } from '../task-data.ts'
import { datetime, type Fields } from '../types.ts'

/** The same each time one asks, and another one for every run: clients wait for rows that they have not seen (assumed: 31 bits of a digest). */
const eventId = (...of: (string | number)[]): number =>
  createHash('sha256').update(of.join(' ')).digest().readUInt32BE() >>> 1

const FIELDS = ['event_id', 'event_type', 'task_new_state', 'rise_time', 'task_display_name', 'hostname', 'hostdn']

export const getTaskHistory = method({
  name: 'Tasks.GetTaskHistory',
  fidelity: 'documented',
  about: 'What became of a task, as events for EventProcessing',
  answer: '`strIteratorId`',
  assumed: 'of the last run only; `pFilter` is read over',
  args: v.object({
    strTask: v.string(),
    pFields2Return: v.optional(FieldNames),
    pSortFields: v.optional(Orders),
    strHostName: v.optional(v.string()),
    pFilter: v.optional(v.record(v.string(), v.unknown())),
  }),
  async run(call, { strTask, pFields2Return, pSortFields, strHostName }) {
    const { store, now } = call
    const { number, name } = await taskWith(store, strTask)
    const runs = (await store.taskRuns(number)).filter(({ hostId }) => !strHostName || hostId === strHostName)
    const devices = await store.displayNames(runs.map(({ hostId }) => hostId))
    const items = runs.flatMap(run => {
      const last = stateOf(run, now())
      const states = last.state === RUNNING ? [last] : [{ state: RUNNING, at: run.startedAt }, last]
      return states.map(({ state, at }) => ({
        event_id: eventId(number, run.hostId, run.startedAt, state),
        ...{ event_type: 'KLPRCI_TaskState', task_new_state: state, rise_time: datetime(at), task_display_name: name },
        ...{ hostname: run.hostId, hostdn: devices.get(run.hostId) ?? '' },
      }))
    })
    const attributes = Object.fromEntries(FIELDS.map(field => [field, (row: Fields) => row[field]]))
    const records = { items, attribute: attributeIn(attributes), fields: fieldsIn(attributes) }
    const found = { vecFieldsToReturn: pFields2Return, vecFieldsToOrder: pSortFields }
    return { strIteratorId: search(call, 'Tasks.GetTaskHistory', found, records).strAccessor }
  },
})

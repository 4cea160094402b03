import * as v from 'valibot'
import { notFound } from '../errors.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

const START = 5

export const sendTaskAction = method({
  name: 'NagHstCtl.SendTaskAction',
  audit: 'KLAUD_EV_TASK_STATE_CHANGED',
  fidelity: 'documented',
  about:
    'Behind a gateway connection: starts a task (5) on this host, which is called to synchronise; 0 stop, 1 suspend, 2 resume do nothing',
  answer: '`{}`',
  assumed: 'a task is called by its TASK_UNIQUE_ID',
  place: 'agent',
  args: v.object({
    szwProduct: v.optional(v.string()),
    szwVersion: v.optional(v.string()),
    szwTaskStorageId: v.string(),
    nTaskAction: v.picklist([0, 1, 2, 5]),
  }),
  async run({ store, caller, synchronise, log }, { szwTaskStorageId, nTaskAction }) {
    const device = await hostWith(store, caller.agent ?? '', 'this connection')
    const task = (await store.tasks()).find(({ id, number }) => [id, String(number)].includes(szwTaskStorageId))
    if (!task) throw notFound(`szwTaskStorageId: there is no task ${JSON.stringify(szwTaskStorageId.slice(0, 64))}`)
    if (nTaskAction === START)
      synchronise(device).catch(({ message: reason }: Error) => log.info({ task: task.name, reason }, 'a task waits'))
    return {}
  },
})

import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { taskWith } from '../task-data.ts'

const START = 5

export const sendTaskAction = method({
  name: 'NagHstCtl.SendTaskAction',
  fidelity: 'documented',
  about:
    'Behind a gateway connection: starts a task (5) on this host, which is called to synchronise; 0 stop, 1 suspend, 2 resume do nothing',
  answer: '`{}`',
  assumed: 'a task is called by its TASK_UNIQUE_ID',
  audit: 'KLAUD_EV_TASK_STATE_CHANGED',
  place: 'agent',
  args: v.object({
    szwProduct: v.optional(v.string()),
    szwVersion: v.optional(v.string()),
    szwTaskStorageId: v.string(),
    nTaskAction: v.picklist([0, 1, 2, 5]),
  }),
  async run({ store, caller, synchronise, now, log }, { szwTaskStorageId, nTaskAction }) {
    const device = await hostWith(store, caller.agent ?? '', 'this connection')
    const { number, name } = await taskWith(store, szwTaskStorageId, 'szwTaskStorageId')
    if (nTaskAction !== START) return {}
    await store.startTaskOn(number, device.hostId, now())
    synchronise(device).catch(({ message: reason }: Error) => log.info({ task: name, reason }, 'a task waits'))
    return {}
  },
})

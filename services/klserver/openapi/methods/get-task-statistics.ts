import * as v from 'valibot'
import { method } from '../method.ts'
import { COMPLETED, FAILED, RUNNING, stateOf, taskWith } from '../task-data.ts'

export const getTaskStatistics = method({
  name: 'Tasks.GetTaskStatistics',
  fidelity: 'documented',
  about: 'On how many devices a task is in which state',
  answer:
    '`PxgRetVal`: `1` not distributed, `2` running, `4` done, `8` warning, `16` failed, `32` scheduled, `64` paused, `GNRL_COMPLETED_PERCENT`, `KLTSK_NEED_RBT_CNT`',
  args: v.object({ strTask: v.string() }),
  async run({ store, now }, { strTask }) {
    const { number } = await taskWith(store, strTask)
    const states = (await store.taskRuns(number)).map(run => stateOf(run, now()).state)
    const count = (state: number) => states.filter(one => one === state).length
    const over = count(COMPLETED) + count(FAILED)
    return {
      PxgRetVal: {
        ...{ 1: 0, 2: count(RUNNING), 4: count(COMPLETED), 8: 0, 16: count(FAILED), 32: 0, 64: 0 },
        GNRL_COMPLETED_PERCENT: states.length === 0 ? 0 : Math.round((100 * over) / states.length),
        KLTSK_NEED_RBT_CNT: 0,
      },
    }
  },
})

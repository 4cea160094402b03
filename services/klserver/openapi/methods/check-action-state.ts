import * as v from 'valibot'
import { method } from '../method.ts'

export const checkActionState = method({
  name: 'AsyncActionStateChecker.CheckActionState',
  fidelity: 'documented',
  about: 'Whether an asynchronous action is over; told once',
  answer: '`bFinalized`, `bSuccededFinalized`, `lStateCode`, `pStateData`, `lNextCheckDelay` (ms)',
  args: v.object({ wstrActionGuid: v.string() }),
  run({ actions, caller }, { wstrActionGuid }) {
    actions.tell(caller.user, wstrActionGuid)
    // For FindHostsAsync 1 is good and 0 is bad.
    return { bFinalized: true, bSuccededFinalized: true, lStateCode: 1, pStateData: {}, lNextCheckDelay: 0 }
  },
})

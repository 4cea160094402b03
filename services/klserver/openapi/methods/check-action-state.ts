import * as v from 'valibot'
import { method } from '../method.ts'
import { type Fields, params } from '../types.ts'

/** ms until it is worth while to ask again. */
const AGAIN = 200

const state = (said: {
  bFinalized: boolean
  bSuccededFinalized: boolean
  [name: string]: number | boolean | Fields
}) => ({
  ...{ lStateCode: 0, pStateData: {}, lNextCheckDelay: 0 },
  ...said,
})

/** Of an action that failed (KSCAPI a00198); the module is the lab's own. */
const failure = (message: string): Fields => ({
  GNRL_EA_DESCRIPTION: message,
  KLBLAG_ERROR_INFO: params({
    ...{ KLBLAG_ERROR_CODE: 1, KLBLAG_ERROR_SUBCODE: 0, KLBLAG_ERROR_MODULE: 'KSC-LAB', KLBLAG_ERROR_MSG: message },
    ...{ KLBLAG_ERROR_FNAME: '', KLBLAG_ERROR_LNUMBER: 0 },
  }),
})

export const checkActionState = method({
  name: 'AsyncActionStateChecker.CheckActionState',
  fidelity: 'documented',
  about: 'Whether an asynchronous action is over; told once',
  answer: '`bFinalized`, `bSuccededFinalized`, `lStateCode`, `pStateData`, `lNextCheckDelay` (ms)',
  args: v.object({ wstrActionGuid: v.string() }),
  run({ actions, caller }, { wstrActionGuid }) {
    const outcome = actions.tell(caller.user, wstrActionGuid)
    if (outcome === null) return state({ bFinalized: false, bSuccededFinalized: false, lNextCheckDelay: AGAIN })
    if ('failed' in outcome)
      return state({ bFinalized: true, bSuccededFinalized: false, pStateData: failure(outcome.failed) })
    // For FindHostsAsync 1 is good and 0 is bad.
    const pStateData = outcome.stateData ?? {}
    return state({ bFinalized: true, bSuccededFinalized: true, lStateCode: 1, pStateData })
  },
})

import * as v from 'valibot'
import { method } from '../method.ts'

/** Ends the session, or without one the login of the connection (assumed). */
export const endSession = method({
  name: 'Session.EndSession',
  place: 'anywhere',
  beforeSecondStep: true,
  fidelity: 'documented',
  about: 'Ends the session; afterwards it is answered 403',
  answer: '`{}`',
  assumed: 'without a session it ends the login of the connection',
  args: v.object({}),
  run({ gate, caller, connection }) {
    if (caller.session === undefined) gate.logOut(connection)
    else gate.sessions.end(caller.session)
    return {}
  },
})

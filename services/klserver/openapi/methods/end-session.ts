import * as v from 'valibot'
import { method } from '../method.ts'

/** Ends the session, or without one the login of the connection (assumed). */
export const endSession = method({
  name: 'Session.EndSession',
  place: 'anywhere',
  args: v.object({}),
  run({ gate, caller, connection }) {
    if (caller.session === undefined) gate.logOut(connection)
    else gate.sessions.end(caller.session)
    return {}
  },
})

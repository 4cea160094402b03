import * as v from 'valibot'
import { method } from '../method.ts'

/** That it was let in is the answer, and counts as a use of the session. */
export const ping = method({
  name: 'Session.Ping',
  place: 'anywhere',
  fidelity: 'documented',
  about: 'Counts as a use of the session',
  answer: '`{}`',
  args: v.object({}),
  run: () => ({}),
})

import * as v from 'valibot'
import { method } from '../method.ts'

/** A token by which the caller logs in once more, `Authorization: KSCT <token>`, within three minutes. */
export const createToken = method({
  name: 'Session.CreateToken',
  place: 'anywhere',
  fidelity: 'documented',
  about: 'A token by which the caller logs in once more, within three minutes: `Authorization: KSCT`',
  answer: '`PxgRetVal`: a token',
  args: v.object({}),
  run: ({ gate, caller: { session: _, ...loggedIn } }) => ({ PxgRetVal: gate.tokens.issue(loggedIn) }),
})

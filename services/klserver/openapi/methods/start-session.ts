import * as v from 'valibot'
import { method } from '../method.ts'

export const startSession = method({
  name: 'Session.StartSession',
  startsSession: true,
  place: 'anywhere',
  fidelity: 'documented',
  about: 'Starts a session: its id goes into X-KSC-Session, on any connection',
  answer: '`PxgRetVal`: session id',
  args: v.object({}),
  run: ({ gate, caller }) => ({ PxgRetVal: gate.startSession(caller) }),
})

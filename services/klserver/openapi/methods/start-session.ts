import * as v from 'valibot'
import { method } from '../method.ts'

export const startSession = method({
  name: 'Session.StartSession',
  startsSession: true,
  place: 'anywhere',
  args: v.object({}),
  run: ({ gate, caller }) => ({ PxgRetVal: gate.sessions.start(caller) }),
})

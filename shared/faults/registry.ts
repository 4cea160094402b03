/** Every fault, one line each. The names are those of the verdicts they lead to. */
import { closed } from './closed.ts'
import { delivered } from './delivered.ts'
import type { Fault } from './fault.ts'
import { idleCut } from './idle-cut.ts'
import { notTls } from './not-tls.ts'
import { plaintextArrived } from './plaintext-arrived.ts'
import { refused } from './refused.ts'
import { replyLost } from './reply-lost.ts'
import { requestLost } from './request-lost.ts'
import { reset } from './reset.ts'
import { silent } from './silent.ts'
import { stalled } from './stalled.ts'
import { tlsIntercepted } from './tls-intercepted.ts'
import { tlsRefused } from './tls-refused.ts'
import { wrongResponder } from './wrong-responder.ts'

export const faults = {
  delivered,
  refused,
  silent,
  closed,
  reset,
  'not-tls': notTls,
  'plaintext-arrived': plaintextArrived,
  'tls-refused': tlsRefused,
  'tls-intercepted': tlsIntercepted,
  'wrong-responder': wrongResponder,
  'request-lost': requestLost,
  'reply-lost': replyLost,
  stalled,
  'idle-cut': idleCut,
} satisfies Record<string, Fault>

export type FaultName = keyof typeof faults

export const FAULT_NAMES = Object.keys(faults) as readonly FaultName[]

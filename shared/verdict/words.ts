/** The verdict words, in the order in which they are asked: the first that holds is the verdict. See docs/verdicts.md. */
import { certificateRejected } from './words/certificate-rejected.ts'
import { clientCertificateLost } from './words/client-certificate-lost.ts'
import { clientCertificateRejected } from './words/client-certificate-rejected.ts'
import { closed } from './words/closed.ts'
import { delivered } from './words/delivered.ts'
import { error } from './words/error.ts'
import { exposed } from './words/exposed.ts'
import { filtered } from './words/filtered.ts'
import { httpAltered } from './words/http-altered.ts'
import { httpRejected } from './words/http-rejected.ts'
import { idleCut } from './words/idle-cut.ts'
import { loginLost } from './words/login-lost.ts'
import { loginRefused } from './words/login-refused.ts'
import { nameNotResolved } from './words/name-not-resolved.ts'
import { notTls } from './words/not-tls.ts'
import { plaintextArrived } from './words/plaintext-arrived.ts'
import { proxyHeader } from './words/proxy-header.ts'
import { refused } from './words/refused.ts'
import { replyLost } from './words/reply-lost.ts'
import { requestLost } from './words/request-lost.ts'
import { reset } from './words/reset.ts'
import { silent } from './words/silent.ts'
import { skipped } from './words/skipped.ts'
import { stalled } from './words/stalled.ts'
import { tlsIntercepted } from './words/tls-intercepted.ts'
import { tlsRefused } from './words/tls-refused.ts'
import { unreachable } from './words/unreachable.ts'
import { upgradeRefused } from './words/upgrade-refused.ts'
import { wrongResponder } from './words/wrong-responder.ts'

export const words = [
  exposed,
  delivered,
  skipped,
  nameNotResolved,
  // Nobody listens to what stands behind it.
  proxyHeader,
  // Where it came to comes before how it ended there.
  wrongResponder,
  upgradeRefused,
  // What a proxy says in words comes before what it did to a connection.
  httpRejected,
  refused,
  unreachable,
  filtered,
  plaintextArrived,
  notTls,
  // Who is seen comes before how the handshake ended.
  tlsIntercepted,
  certificateRejected,
  // Whether it came comes before what was said of it, and before what became of the request behind it.
  clientCertificateLost,
  clientCertificateRejected,
  httpAltered,
  loginLost,
  loginRefused,
  tlsRefused,
  // All was well until nobody spoke: how it ended then is part of the word.
  idleCut,
  stalled,
  reset,
  closed,
  silent,
  requestLost,
  replyLost,
  error,
] as const

export type VerdictWord = (typeof words)[number]['word']
export const VERDICT_WORDS: readonly VerdictWord[] = words.map(({ word }) => word)

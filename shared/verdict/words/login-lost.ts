import { target, type Word } from '../word.ts'

export const loginLost: Word<'login-lost'> = {
  word: 'login-lost',
  means:
    'A login that is good for its own connection did not stay with it: the connections arrive otherwise than they were made.',
  when: ({ loginLost, done }) => loginLost !== null && !done,
  explain: it =>
    it.facts.loginLost === 'shared'
      ? `${it.from} logged in at ${target(it)} on one connection, and on another one, without a login, it was let in as well: both came to ${it.to} as one connection, since ${it.between} shares it among its clients. Whoever else comes by there is logged in, too`
      : `${it.from} logged in at ${target(it)} and was not known on the same connection a moment later: its requests came to ${it.to} on several, since ${it.between} gives each the next best. A session (X-KSC-Session) was good there`,
  advise: () =>
    'keep the connections of clients apart: nginx `stream` with `proxy_pass` (and `ssl`, `proxy_ssl on` where TLS must end there), HAProxy `mode tcp`, or `http-reuse never` in `mode http`; no `keepalive` in an nginx `upstream`; or use clients that start sessions alone, and close every connection behind its request',
}

import { type Case, target, type Word } from '../word.ts'

export const loginRefused: Word<'login-refused'> = {
  word: 'login-refused',
  means: 'It arrived and was answered: the responder itself did not let the initiator in.',
  when: ({ failure, requestReceived, replySent, responderRefusal, databaseRefusal }) =>
    databaseRefusal !== null ||
    (failure?.code === 'login-refused'
      ? failure.message === responderRefusal
      : (failure?.code === 'NOT_AUTHENTICATED' || failure?.code === 'FORBIDDEN') && requestReceived && replySent),
  explain: it => {
    const { databaseRefusal, failure } = it.facts
    return databaseRefusal
      ? `${it.from} reached ${target(it)}, which does not take ${databaseRefusal.user} as its user: ${databaseRefusal.message}`
      : `${it.from} reached ${target(it)}, and ${it.to} did not let it in: ${failure?.message}`
  },
  advise: it =>
    it.facts.databaseRefusal
      ? atDatabase(it)
      : /not on the list of allowed addresses/.test(it.facts.failure?.message ?? '')
        ? `put the address with which it comes to ${it.to} on the list, KSC_LAB_LOGIN_FROM; behind NAT or a proxy that is the address of the box, unless it sends PROXY headers that are believed (KSC_LAB_PROXY_PROTOCOL)`
        : `look at the events KLAUD_EV_SERVERCONNECT of ${it.to}: name and password, or an account that is blocked for an hour after too many wrong ones (KSC_LAB_LOGIN_ATTEMPTS)`,
}

const atDatabase = ({ to }: Case) =>
  `no firewall is at fault: compare user, password and database of KSC_LAB_DATABASE with what ${to} knows, and from which addresses it lets that user in (MariaDB \`'user'@'address'\`, PostgreSQL pg_hba.conf); where it demands TLS, ask for it with \`?tls=\``

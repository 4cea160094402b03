import { target, type Word } from '../word.ts'

export const closed: Word<'closed'> = {
  word: 'closed',
  means: 'The connection was established and ended early, in good order (FIN).',
  // Whoever hears a refusal in words may end the connection before the other side's FIN has come.
  when: ({ connected, ending, failure, responderRefusal }) =>
    connected && (ending === 'fin' || (responderRefusal !== null && failure?.message === responderRefusal)),
  explain: it =>
    it.facts.accepted && it.facts.responderRefusal !== null
      ? `${it.from} reached ${target(it)}, and ${it.to} itself ended the connection and said why: ${it.facts.responderRefusal}`
      : it.facts.accepted && it.facts.responderEnding === 'local' && it.facts.idle
        ? `the connection of ${it.from} to ${target(it)} was held without a byte, and ${it.to} itself ended it: it was stopped or started anew meanwhile`
        : it.facts.accepted
          ? `the connection of ${it.from} to ${target(it)} was ended with FIN before the answer; ${it.to} saw it end too (${it.facts.responderEnding ?? 'still open there'}): ${it.between} closed it`
          : it.facts.unheard
            ? `the connection of ${it.from} to ${it.at} was ended with FIN before the answer, by ${it.to} or by ${it.between}`
            : `the connection of ${it.from} to ${it.at} was ended with FIN, and ${it.to} never saw it: ${it.between} accepted it and could not pass it on`,
  advise: it =>
    it.facts.accepted && it.facts.responderRefusal !== null
      ? `send to ${target(it)} what is meant for it`
      : it.facts.accepted && it.facts.responderEnding === 'local' && it.facts.idle
        ? `see why ${it.to} ended it, and hold it again`
        : it.facts.accepted
          ? 'look for a size, time or content limit of the box: nginx `proxy_timeout`, `client_max_body_size`; HAProxy `timeout client`, `timeout server`'
          : `see whether the box reaches ${target(it)}: HAProxy shows the backend as DOWN, nginx logs "connect() failed"`,
}

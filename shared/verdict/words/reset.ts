import { target, type Word } from '../word.ts'

export const reset: Word<'reset'> = {
  word: 'reset',
  means: 'The connection was established and ended early by a reset (RST).',
  when: ({ connected, ending }) => connected && ending === 'rst',
  explain: it =>
    it.facts.accepted
      ? `the connection of ${it.from} to ${target(it)} was reset after it was established; at ${it.to} it ended by ${it.facts.responderEnding ?? 'nothing yet'}: ${it.between} cut it`
      : it.facts.unheard
        ? `the connection of ${it.from} to ${it.at} was reset after it was established, by ${it.to} or by ${it.between}`
        : `the connection of ${it.from} to ${it.at} was reset, and ${it.to} never saw it: ${it.between} accepted it first and reset it then`,
  advise: it =>
    `look for inspection that cuts what it does not know (application control, "TLS only" policies) and except ${target(it)} from it`,
}

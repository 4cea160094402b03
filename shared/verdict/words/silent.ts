import { target, type Word } from '../word.ts'

export const silent: Word<'silent'> = {
  word: 'silent',
  means: 'Something accepted the TCP connection and then said nothing; the responder saw no connection.',
  when: ({ connected, datagram, accepted, timedOut }) => connected && !datagram && !accepted && timedOut,
  explain: it =>
    it.facts.unheard
      ? `${it.from} was connected at ${it.at}, then heard nothing: ${it.to} does not speak, or ${it.between} accepts and does not pass it on`
      : `${it.from} was connected at ${it.at}, then heard nothing, while ${it.to} saw no connection on ${it.port}: ${it.between} accepts and does not pass it on`,
  advise: it =>
    `point the box at the responder: nginx stream \`proxy_pass <address of ${it.to}>:${it.port};\`, HAProxy \`server ${it.to} <address>:${it.port}\`; then look whether the box itself may reach ${target(it)}`,
}

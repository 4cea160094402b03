import { target, type Word } from '../word.ts'

export const requestLost: Word<'request-lost'> = {
  word: 'request-lost',
  means: 'The responder saw the connection, and the request never arrived on it.',
  when: ({ accepted, requestReceived, timedOut }) => accepted && !requestReceived && timedOut,
  explain: it =>
    `${it.from} sent its request to ${target(it)}; ${it.to} saw the connection${it.facts.responderTlsFailure ? ` (TLS: ${it.facts.responderTlsFailure.code})` : ''} and never the request: ${it.between} swallows what ${it.from} sends`,
  advise: () =>
    'look for one-way loss: asymmetric routes, an MTU smaller than the packets with ICMP "fragmentation needed" dropped (nftables: `tcp flags syn tcp option maxseg size set rt mtu`), or inspection that holds the data back',
}

import { target, type Word } from '../word.ts'

export const replyLost: Word<'reply-lost'> = {
  word: 'reply-lost',
  means: 'The request arrived and was answered, and the answer never came back.',
  when: ({ requestReceived, replyReceived, done, oneWay, ending, transfer }) =>
    requestReceived && !done && !oneWay && ending === null && !(replyReceived && transfer) && transfer === null,
  explain: it =>
    it.facts.replySent || it.transport !== 'udp'
      ? `${target(it)} received the request${it.facts.replySent ? ' and answered' : ''}, and ${it.from} heard nothing: ${it.between} swallows what ${it.to} sends`
      : `${target(it)} received the datagram${it.facts.responderRefusal ? ` and refused it (${it.facts.responderRefusal})` : ''}, and what it should bring about never came back to ${it.from}: see arrow 4 for the way back`,
  advise: () =>
    'let answers back: nftables: `ct state established,related accept`; look for asymmetric routes, where the box sees only one direction',
}

import { seconds } from '../idle.ts'
import { target, type Word } from '../word.ts'

export const delivered: Word<'delivered'> = {
  word: 'delivered',
  means: 'The responder got the nonce, the initiator got the matching answer, and the identity was checked.',
  when: ({ done, requestReceived, replyReceived, oneWay, unheard }) =>
    done && (unheard ? replyReceived : requestReceived && (oneWay || replyReceived)),
  explain: it =>
    it.facts.oneWay
      ? `${it.from} sent it and ${target(it)} received it; this arrow has no answer`
      : `${it.from} reached ${target(it)} and got the matching answer${it.facts.idle ? `; then both kept still for ${seconds(it.facts.idle.span)}, and the connection still carried a word each way` : ''}`,
  advise: () => '',
}

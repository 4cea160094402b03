import { target, type Word } from '../word.ts'

export const wrongResponder: Word<'wrong-responder'> = {
  word: 'wrong-responder',
  means: "It arrived, at another service or host than the flow's.",
  when: ({ arrivedAt, done, requestReceived, oneWay, foreignSpeech, accepted, skipped, datagram, httpRejection }) =>
    skipped === null &&
    (arrivedAt !== null ||
      (done && !requestReceived && !oneWay && !datagram && httpRejection === null) ||
      (foreignSpeech !== null && !accepted)),
  explain: it => {
    const { arrivedAt, foreignSpeech } = it.facts
    if (arrivedAt) {
      const how =
        arrivedAt.because === 'nonce' ? 'the nonce arrived there' : 'the certificate seen is the one presented there'
      return `${it.from} asked for ${target(it)} and came to ${arrivedAt.host}:${arrivedAt.port} instead (${how}): ${it.between} sends it to the wrong place`
    }
    return `${it.from} asked for ${target(it)} and was answered, but not by ${it.to}, which saw nothing${foreignSpeech ? ` (${foreignSpeech})` : ''}: something else stands at ${it.at}`
  },
  advise: it =>
    `correct the target in the box: port ${it.port} goes to <address of ${it.to}>:${it.port} (nginx \`proxy_pass\`, HAProxy \`server\`, nftables \`dnat to\`)`,
}

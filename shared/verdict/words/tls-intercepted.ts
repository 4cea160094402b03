import { target, type Word } from '../word.ts'

export const tlsIntercepted: Word<'tls-intercepted'> = {
  word: 'tls-intercepted',
  means:
    'The certificate that the initiator saw is not the one that the responder presented, and the initiator refused it.',
  when: ({ certificateRefusal, seen, presented, unheard }) =>
    certificateRefusal !== null && !unheard && seen?.fingerprint !== presented?.fingerprint,
  explain: it => {
    const { seen, presented, certificateRefusal } = it.facts
    const own = presented
      ? `${it.to} presented ${presented.subject} (SHA-256 ${presented.fingerprint})`
      : `${it.to} saw no TLS connection`
    return `${it.from} asked for ${target(it)} and saw the certificate ${seen?.subject}, issued by ${seen?.issuer} (SHA-256 ${seen?.fingerprint}), while ${own}: ${it.between} ends TLS. ${certificateRefusal?.reason}.`
  },
  advise: it =>
    `except ${target(it)} from TLS inspection and pass it through: nginx \`stream\` with \`proxy_pass\`, HAProxy \`mode tcp\`, Squid \`ssl_bump splice\``,
}

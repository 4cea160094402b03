import { target, type Word } from '../word.ts'

export const plaintextArrived: Word<'plaintext-arrived'> = {
  word: 'plaintext-arrived',
  means: "The responder's TLS port received plaintext: TLS was ended in between.",
  when: ({ firstBytes, presented, seen, done }) =>
    !done && firstBytes === 'plaintext' && seen !== null && presented === null,
  explain: it =>
    `${it.from} spoke TLS, and plaintext arrived at ${target(it)}: ${it.between} ends TLS (with the certificate of ${it.facts.seen?.subject}) and does not speak it onwards`,
  advise: it =>
    `speak TLS onwards: nginx \`proxy_pass https://<address of ${it.to}>:${it.port};\` or stream \`proxy_ssl on;\`, HAProxy \`server ... ssl\`; better, pass it through untouched`,
}

import { target, type Word } from '../word.ts'

export const notTls: Word<'not-tls'> = {
  word: 'not-tls',
  means: 'Plaintext came back where the initiator spoke TLS.',
  when: ({ plaintextBack }) => plaintextBack,
  explain: it =>
    `${it.from} spoke TLS to ${target(it)} and plaintext came back (${it.facts.tlsFailure?.code}): ${it.between} answers itself, on a port without TLS`,
  advise: it =>
    `pass TLS through instead of answering HTTP there: nginx \`stream { server { listen ${it.port}; proxy_pass <address of ${it.to}>:${it.port}; } }\`, HAProxy \`mode tcp\``,
}

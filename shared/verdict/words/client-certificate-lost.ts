import { type Case, target, type Word } from '../word.ts'

export const clientCertificateLost: Word<'client-certificate-lost'> = {
  word: 'client-certificate-lost',
  means: 'The initiator showed a client certificate, and the responder, which asks for one, saw none, or another one.',
  when: ({ clientCertificateLost, done }) => clientCertificateLost !== null && !done,
  explain: it => {
    const { responderRefusal } = it.facts
    const so = responderRefusal === null ? '' : ` ${it.to} refused it: ${responderRefusal}.`
    return `${it.from} showed its client certificate on the way to ${target(it)}: ${sight(it)}: ${it.between} ends TLS and does not pass it on.${so}`
  },
  advise: it => {
    const through = 'pass TLS through: nginx `stream` with `proxy_pass`, HAProxy `mode tcp`'
    return it.port === 443
      ? `${through}; or pass the certificate on: nginx \`ssl_verify_client optional; proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;\`, HAProxy \`verify optional\` with \`http-request set-header Client-Cert :%[ssl_c_der,base64]:\`, and name the box in KSC_LAB_CLIENT_CERT_FROM`
      : `${through}; whoever ends TLS here cannot show the device's certificate onwards`
  },
}

function sight(it: Case): string {
  const { offered, seen } = it.facts.clientCertificateLost ?? { offered: null, seen: null }
  const came = seen ? `another one, ${seen.subject} (SHA-256 ${seen.fingerprint})` : 'none'
  return `${offered?.subject}, issued by ${offered?.issuer} (SHA-256 ${offered?.fingerprint}), and ${it.to} saw ${came}`
}

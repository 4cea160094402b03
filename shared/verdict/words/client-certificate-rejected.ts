import { target, type Word } from '../word.ts'

export const clientCertificateRejected: Word<'client-certificate-rejected'> = {
  word: 'client-certificate-rejected',
  means: "The initiator's own certificate arrived, and the responder refused it.",
  when: ({ clientCertificateRefusal }) => clientCertificateRefusal !== null,
  explain: it =>
    `${it.from} reached ${target(it)} and showed a client certificate, which ${it.to} refused: ${it.facts.clientCertificateRefusal?.reason}`,
  advise: it => {
    switch (it.facts.clientCertificateRefusal?.code) {
      case 'client-certificate-expired':
        return 'let the device ask for the next one on 13292, without the old one'
      case 'client-certificate-revoked':
        return 'where it was revoked by mistake: reset the device, so that it enrols anew'
      case 'client-certificate-of-another-device':
        return 'give each device a certificate of its own: enrolment on 13292 issues it'
      default:
        return `issue it by the mobile authority of ${it.to} (\`mobile-ca.crt\` of \`ksc-lab certs export\`); a box that shows a certificate of its own in the device's place must hold such a one`
    }
  },
}

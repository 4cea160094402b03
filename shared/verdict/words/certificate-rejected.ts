import { target, type Word } from '../word.ts'

export const certificateRejected: Word<'certificate-rejected'> = {
  word: 'certificate-rejected',
  means: "The responder's own certificate came through unchanged, and the initiator refused it.",
  when: ({ certificateRefusal, seen, presented, unheard }) =>
    certificateRefusal !== null && (unheard || seen?.fingerprint === presented?.fingerprint),
  explain: it =>
    it.facts.unheard
      ? `${it.from} saw the certificate ${it.facts.seen?.subject} (SHA-256 ${it.facts.seen?.fingerprint}) at ${target(it)} and refused it: ${it.facts.certificateRefusal?.reason}.`
      : `${it.from} saw the very certificate that ${target(it)} presented (${it.facts.seen?.subject}) and refused it: ${it.facts.certificateRefusal?.reason}.`,
  advise: it => {
    if (it.facts.unheard)
      return `compare it with the certificate of ${it.to} itself: where that is another one, ${it.between} ends TLS; where it is the same, give it, or its authority, to KSC_LAB_DATABASE`
    switch (it.facts.certificateRefusal?.code) {
      case 'pin':
        return `give the agent the Server's present certificate: \`klmover -address ${it.to} -cert <file>\`, or restore the Server's old certificate from backup`
      case 'expired':
        return 'issue a new certificate (at most 397 days) and put it on the port'
      case 'not-yet-valid':
        return 'compare the clocks of both ends; the certificate begins later than the initiator believes it is'
      case 'name':
        return 'issue the certificate for the name (or address) that is asked for, in its subject alternative names'
      case 'chain':
        return 'send the whole chain: the leaf, then its issuer, in one file'
      case 'usage':
        return 'issue it with extended key usage serverAuth'
      default:
        return 'let the initiator trust the issuing authority, or use a certificate of an authority that it trusts'
    }
  },
}

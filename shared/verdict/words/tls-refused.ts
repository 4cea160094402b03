import { type Case, target, type Word } from '../word.ts'

export const tlsRefused: Word<'tls-refused'> = {
  word: 'tls-refused',
  means: 'A TLS alert ended the handshake; the explanation names it and who heard it.',
  when: ({ tlsFailure, responderTlsFailure, ending, timedOut, plaintextBack }) =>
    !plaintextBack &&
    !timedOut &&
    (tlsFailure?.alert != null || responderTlsFailure?.alert != null || (tlsFailure !== null && ending === null)),
  explain: it => {
    const { tlsFailure, responderTlsFailure, accepted } = it.facts
    const alert = alertOf(it) ?? tlsFailure?.code
    const who = accepted
      ? `${it.to} saw the handshake (${responderTlsFailure?.code ?? 'no failure of its own'})`
      : it.facts.unheard
        ? `by ${it.to} or by ${it.between}`
        : `${it.to} saw no connection, so ${it.between} sent it`
    if (tlsFailure?.code === 'TLS_NOT_OFFERED')
      return `${it.from} asked ${target(it)} for TLS, and got none: ${tlsFailure.message}`
    return `the TLS handshake of ${it.from} with ${target(it)} was refused: ${alert}; ${who}`
  },
  advise: it =>
    alertOf(it) === 'certificate_required'
      ? `let ${it.from} show a client certificate: it is issued on 13292; a box in between passes TLS through, or presents a certificate of its own that ${it.to} accepts`
      : it.facts.tlsFailure?.code === 'TLS_NOT_OFFERED'
        ? 'turn TLS on at the database server: MariaDB `ssl_cert` and `ssl_key`, PostgreSQL `ssl = on`; without `?tls=` in KSC_LAB_DATABASE it is not asked for'
        : it.facts.accepted
          ? 'let the two ends agree: protocol versions, cipher suites, and the name asked for (SNI)'
          : 'pass TLS through, or give the box a certificate and protocol versions that the initiator can use (and the name it asks for)',
}

const alertOf = ({ facts: { tlsFailure, responderTlsFailure } }: Case): string | null =>
  tlsFailure?.alert ?? responderTlsFailure?.alert ?? null

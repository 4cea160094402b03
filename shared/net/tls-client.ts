import { isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { alertIn } from '../tls/alert.ts'
import { describeCertificate, describePem } from '../tls/seen.ts'
import { isReset } from './connection.ts'
import { NetError } from './errors.ts'
import type { PresentedCertificate, TlsClientOptions } from './host.ts'
import type { Scribe } from './scribe.ts'
import { firstOf } from './wait.ts'

interface StartTls {
  scribe: Scribe
  raw: Socket
  to: string
  tls: TlsClientOptions
  timeout: number
  signal: AbortSignal | undefined
}

/**
 * TLS over a connected socket. The chain is checked by our own rule after the handshake, not by node:tls during it:
 * an agent trusts a pin whatever its issuer, and what was seen must be journalled also where it is refused.
 */
export async function startTls({
  scribe,
  raw,
  to,
  tls,
  timeout,
  signal,
}: StartTls): Promise<{ stream: TLSSocket; certificate: PresentedCertificate }> {
  const { secureContext, sessions } = trustOf(tls)
  const before = tls.resume ? sessions.get(to) : undefined
  const stream = connectTls({
    socket: raw,
    secureContext,
    rejectUnauthorized: false,
    // The name is compared below, apart from the chain: the two are mended in different places.
    checkServerIdentity: () => undefined,
    ...(tls.servername === undefined || isIP(tls.servername) ? {} : { servername: tls.servername }),
    ...(tls.alpn === undefined ? {} : { ALPNProtocols: tls.alpn }),
    ...(before === undefined ? {} : { session: before.session }),
  })
  stream.on('error', () => {})
  if (tls.identity) scribe.observe({ what: 'client-certificate-offered', detail: describePem(tls.identity.cert) })
  // The only place where node:tls tells the random of its own ClientHello; what is secret in the line is not looked at.
  stream.once('keylog', (line: Buffer) => {
    const random = line.toString('latin1').split(' ')[1]?.slice(0, 32)
    const { servername, alpn = [] } = tls
    const sni = servername === undefined || isIP(servername) ? null : servername
    if (random !== undefined) scribe.observe({ what: 'client-hello-sent', detail: { sni, alpn, random } })
  })
  try {
    await firstOf(stream, 'secureConnect', { timeout, what: `TLS handshake with ${to}`, signal })
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException
    // node:tls calls the peer's FIN before the end of the handshake ECONNRESET too.
    const code = error.code === 'ECONNRESET' && !isReset(error) ? 'CLOSED' : (error.code ?? 'ABORTED')
    scribe.observe({ what: 'tls-failed', detail: { code, message: error.message, alert: alertIn(error) } })
    raw.destroy()
    throw new NetError(code, `TLS handshake with ${to} failed: ${error.message}`, { cause })
  }
  const certificate = (stream.isSessionReused() && before?.certificate) || presented(stream, tls.servername)
  if (!certificate) throw new NetError('NO_CERTIFICATE', 'the responder presented no certificate')
  const { raw: _der, chainError: _chain, nameError: _name, ...seen } = certificate
  scribe.observe({ what: 'certificate-seen', detail: seen })
  const refusal = tls.rule(certificate)
  if (refusal) {
    scribe.observe({ what: 'certificate-refused', detail: { ...refusal, fingerprint: certificate.fingerprint } })
    stream.destroy()
    throw new NetError('CERTIFICATE', refusal.reason)
  }
  scribe.observe({ what: 'secure', detail: secured(stream) })
  // TLS 1.3 gives it after the handshake; Node keeps no certificate with it.
  if (tls.resume) stream.on('session', (session: Buffer) => sessions.set(to, { session, certificate }))
  return { stream, certificate }
}

export const secured = (stream: TLSSocket) => ({
  protocol: stream.getProtocol() ?? 'unknown',
  cipher: stream.getCipher()?.name ?? 'unknown',
  alpn: stream.alpnProtocol || null,
  ...(stream.isSessionReused() ? { resumed: true as const } : {}),
})

/** What the peer showed, or null. */
export function presented(stream: TLSSocket, servername: string | undefined): PresentedCertificate | null {
  const certificate = stream.getPeerX509Certificate()
  if (!certificate) return null
  const nameError = servername === undefined ? undefined : checkServerIdentity(servername, certificate.toLegacyObject())
  return {
    ...describeCertificate(certificate),
    raw: certificate.raw,
    chainError: stream.authorizationError
      ? String((stream.authorizationError as { code?: string }).code ?? stream.authorizationError)
      : null,
    nameError: nameError?.message ?? null,
  }
}

interface Trust {
  secureContext: SecureContext
  /** The last one of every place, for those who resume. */
  sessions: Map<string, { session: Buffer; certificate: PresentedCertificate }>
}

/** One context for all connections with the same trust: building one per connection costs 60 % more CPU a handshake. */
const trusts = new Map<string, Trust>()

function trustOf({ ca = [], identity }: TlsClientOptions): Trust {
  const key = [...ca, identity?.cert ?? '', identity?.key ?? ''].join('\0')
  let trust = trusts.get(key)
  if (!trust) {
    trust = { secureContext: createSecureContext({ ca, ...(identity ?? {}) }), sessions: new Map() }
    if (trusts.size > 64) trusts.clear()
    trusts.set(key, trust)
  }
  return trust
}

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { alertIn } from '../tls/alert.ts'
import { describePem } from '../tls/seen.ts'
import { isReset } from './connection.ts'
import { TimeoutError } from './errors.ts'
import type { ListenOptions, PresentedCertificate, ServerIdentity } from './host.ts'
import type { Scribe } from './scribe.ts'
import { presented, secured } from './tls-client.ts'

export interface Ended {
  stream: TLSSocket
  /** The client's certificate, where one was asked for and shown. */
  certificate: PresentedCertificate | null
}

const sawClient = (scribe: Scribe, certificate: PresentedCertificate | null) =>
  scribe.observe({
    what: 'client-certificate-seen',
    detail: { by: 'tls', fingerprint: certificate?.fingerprint ?? null, subject: certificate?.subject ?? null },
  })

/** Ends TLS on streams that were peeked at: sockets, or what came through a connection gateway. */
export class TlsEnd {
  readonly #options: ListenOptions
  readonly #timeout: number
  #current: { identity: ServerIdentity; context: SecureContext } | null = null

  /** @param timeout ms from the ClientHello to the end of the handshake */
  constructor(options: ListenOptions, timeout: number) {
    this.#options = options
    this.#timeout = timeout
    // An identity that cannot be used is told when the port opens, not to the first who comes.
    this.#context()
  }

  /** Resolves with null where the handshake fails; the journal says why, and the stream is gone. */
  async handshake(raw: Duplex, scribe: Scribe): Promise<Ended | null> {
    const { alpn, clientCertificate = false } = this.#options
    let context: SecureContext
    try {
      const current = this.#context()
      context = current.context
      scribe.observe({ what: 'certificate-presented', detail: describePem(current.identity.cert) })
    } catch (error) {
      // Ends this connection only; the next handshake asks again.
      const { message } = error as Error
      scribe.observe({ what: 'tls-failed', detail: { code: 'NO_IDENTITY', message, alert: null } })
      raw.destroy()
      return null
    }
    // Half open is for answers: a FIN during the handshake ends it, and not only when its time is over.
    if ('allowHalfOpen' in raw) raw.allowHalfOpen = false
    const stream = new TLSSocket(raw as Socket, {
      isServer: true,
      secureContext: context,
      // Whether what it shows will do is for the layer above: the refusal is then said in words.
      requestCert: clientCertificate !== false,
      // In a TLSSocket of one's own this is OpenSSL's SSL_VERIFY_FAIL_IF_NO_PEER_CERT, and no judgement of what is shown.
      rejectUnauthorized: clientCertificate === 'demanded',
      ...(alpn ? { ALPNProtocols: alpn } : {}),
    })
    const failure = await this.#outcome(stream, raw)
    if (failure === null) {
      stream.allowHalfOpen = true
      // As `tls.Server` does it: HTTP/2 takes a socket to be still in its handshake until then.
      Object.assign(stream, { secureConnecting: false })
      scribe.observe({ what: 'secure', detail: secured(stream) })
      if (clientCertificate === false) return { stream, certificate: null }
      const certificate = presented(stream, undefined)
      sawClient(scribe, certificate)
      return { stream, certificate }
    }
    const code = isReset(failure) ? 'ECONNRESET' : failure.code === 'ECONNRESET' ? 'CLOSED' : (failure.code ?? 'CLOSED')
    scribe.observe({ what: 'tls-failed', detail: { code, message: failure.message, alert: alertIn(failure) } })
    if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') sawClient(scribe, null)
    raw.destroy()
    return null
  }

  #outcome(stream: TLSSocket, raw: Duplex): Promise<NodeJS.ErrnoException | null> {
    const outcome = Promise.withResolvers<NodeJS.ErrnoException | null>()
    const limit = setTimeout(() => outcome.resolve(new TimeoutError('the TLS handshake', this.#timeout)), this.#timeout)
    // `secure` is what `tls.Server` itself waits for; mail servers use it for STARTTLS in the same way.
    stream.once('secure', () => outcome.resolve(null))
    stream.on('error', error => outcome.resolve(error))
    stream.once('_tlsError', error => outcome.resolve(error))
    raw.once('close', () => outcome.resolve(new Error('closed before the handshake ended')))
    return outcome.promise.finally(() => clearTimeout(limit))
  }

  #context(): { identity: ServerIdentity; context: SecureContext } {
    const { tls } = this.#options
    if (tls === undefined) throw new Error('this listener has no TLS')
    const identity = typeof tls === 'function' ? tls() : tls
    if (identity !== this.#current?.identity) {
      const { cert, key } = identity
      // Without one OpenSSL ends a resumed session with an internal error where certificates are asked for.
      this.#current = { identity, context: createSecureContext({ cert, key, sessionIdContext: 'ksc-lab' }) }
    }
    return this.#current as { identity: ServerIdentity; context: SecureContext }
  }
}

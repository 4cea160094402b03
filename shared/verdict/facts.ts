/** The evidence of one exercise, boiled down to what the verdict words ask about. Pure. */
import type { Ending, Observation, ProxyHeaderFault, SeenCertificate, Sight } from '../journal/observation.ts'
import { saysPlaintext } from '../tls/alert.ts'
import { type IdleFacts, idleFacts } from './idle.ts'
import { type Alteration, alterations, pairRequests, type RequestPair } from './requests.ts'

export interface Evidence {
  /** Everything the initiator's Host saw under this nonce. */
  initiator: readonly Observation[]
  /** What the responder's listener saw of this exercise: by nonce, else by address, port and time. */
  responder: readonly Observation[]
  /** What the gateways saw that were to carry it. */
  carriers: readonly Observation[]
  /** What other listeners of the lab saw of it. */
  elsewhere: readonly Observation[]
  /** The flow has no answer (a shutdown notice): arrival is all there is. */
  oneWay: boolean
  /** The responder is no host of the lab and writes no journal. */
  unheard?: boolean
  /** Ports by which the initiator comes where the flow's own does not pass. */
  fallback?: readonly number[]
  /** No arrow leads there; see `exposed`. */
  mustNotPass: boolean
  /** What the responder did in turn to pass the request on. */
  onward?: Onward | null
}

/** The next leg of a request that a proxy of the Server passes on. */
export interface Onward {
  from: string
  to: string
  port: number
  /** Null where it was given up before there was an answer. */
  failure: { code: string; message: string } | null
  between: string
  evidence: Evidence
}

/** An HTTP answer that the responder did not give. */
export interface HttpRejection {
  /** A forward proxy that was asked to open the way, or whatever answered a request in the responder's place. */
  by: 'proxy' | 'box'
  /** `CONNECT host:443`, `POST /activation`. */
  asked: string
  status: number
  server: string | null
  /** Of a proxy: the scheme of authentication that it asks for, its own word for the fault, and the user that was sent. */
  authenticate: string | null
  error: string | null
  user: string | null
}

/** A forward proxy on the way. */
export interface ProxyFacts {
  at: string
  /** It was reached, and asked to open the way. */
  asked: boolean
  status: number | null
}

export interface Facts {
  mustNotPass: boolean
  oneWay: boolean
  /** The responder writes no journal: what it did not see is nobody's to say. */
  unheard: boolean
  /** By a database: whom it does not let in, in its own words. */
  databaseRefusal: { user: string; message: string } | null
  datagram: boolean
  skipped: string | null
  done: boolean
  failure: { code: string; message: string } | null
  resolveFailure: { name: string; code: string } | null
  /** Node's code, or `TIMEOUT`. */
  connectFailure: string | null
  connected: boolean
  seen: SeenCertificate | null
  certificateRefusal: { code: string; reason: string } | null
  tlsFailure: { code: string; alert: string | null; message: string } | null
  /** Plaintext came back where the initiator spoke TLS. */
  plaintextBack: boolean
  /** Something answered that does not speak the protocol. */
  foreignSpeech: string | null
  /** How the initiator's connection ended, by the other side's doing. */
  ending: Exclude<Ending, 'local'> | null
  timedOut: boolean
  replyReceived: boolean
  proxy: ProxyFacts | null
  httpRejection: HttpRejection | null
  /** It came to the gateway on the way, and was perhaps refused there. */
  carrier: { refusal: { code: string; reason: string } | null } | null
  /** It was held without a byte. */
  idle: IdleFacts | null
  transfer: { bytes: number; of: number | null; complete: boolean } | null
  accepted: boolean
  /** Why a PROXY protocol header, or the want of one, ended it; and at whose listener. */
  proxyHeader: { code: ProxyHeaderFault; reason: string; host: string } | null
  firstBytes: 'tls' | 'plaintext' | 'proxy-header' | null
  presented: SeenCertificate | null
  responderTlsFailure: { code: string; alert: string | null } | null
  responderRefusal: string | null
  /** Of the initiator's certificate, by the responder. */
  clientCertificateRefusal: { code: string; reason: string } | null
  /** The initiator's own certificate did not come to the responder, which asks for one: what did. */
  clientCertificateLost: { offered: SeenCertificate; seen: { fingerprint: string; subject: string } | null } | null
  /** HTTP requests that both ends know, as they were sent and as they came. */
  requests: readonly RequestPair[]
  /** What changed on the way of the last request that came to the responder. */
  altered: readonly Alteration[]
  /** Of a login that is good for its connection. `split`: its requests came on several; `shared`: those of others on it, too. */
  loginLost: 'split' | 'shared' | null
  /** Of the wish for a WebSocket; `arrived`: at the responder, and as what. */
  upgradeAnswer: { status: number; server: string | null; arrived: 'not' | 'without' | 'whole' } | null
  requestReceived: boolean
  replySent: boolean
  responderEnding: Ending | null
  /** Another listener that got it. */
  arrivedAt: { host: string; port: number | null; because: 'nonce' | 'certificate' } | null
}

type Of<W extends Sight['what']> = Extract<Sight, { what: W }>['detail']

/** The last sight of a kind: an exercise may open several connections, and the last one is the one that failed. */
function last<W extends Sight['what']>(observations: readonly Observation[], what: W): Of<W> | null {
  return (observations.findLast(observation => observation.what === what)?.detail as Of<W> | undefined) ?? null
}

export function gather({
  initiator,
  responder,
  carriers,
  elsewhere,
  oneWay,
  mustNotPass,
  unheard = false,
}: Evidence): Facts {
  const closed = last(initiator, 'closed')
  const failure = last(initiator, 'exercise-failed')
  const tlsFailure = last(initiator, 'tls-failed')
  const seen = last(initiator, 'certificate-seen')
  const accepted = responder.some(({ what }) => what === 'accepted')
  const requests = pairRequests(initiator, responder)
  const firstBytes = last(responder, 'first-bytes')
  return {
    mustNotPass,
    oneWay,
    unheard,
    databaseRefusal: last(initiator, 'login-refused'),
    datagram: initiator.some(({ transport }) => transport === 'udp'),
    skipped: last(initiator, 'exercise-skipped')?.reason ?? null,
    done: last(initiator, 'exercise-done') !== null,
    failure,
    resolveFailure: last(initiator, 'resolve-failed'),
    connectFailure: last(initiator, 'connect-failed')?.code ?? null,
    connected: initiator.some(({ what }) => what === 'connected'),
    seen,
    certificateRefusal: last(initiator, 'certificate-refused'),
    tlsFailure,
    plaintextBack: tlsFailure !== null && saysPlaintext(tlsFailure.code),
    foreignSpeech: last(initiator, 'message-refused')?.message ?? null,
    ending: endingOf(closed?.how ?? null, tlsFailure?.code ?? null, failure?.code ?? null),
    timedOut: [failure?.code, tlsFailure?.code].includes('TIMEOUT'),
    replyReceived: last(initiator, 'reply-received') !== null,
    proxy: proxyOn(initiator),
    httpRejection: rejectionOf(initiator),
    carrier: carriers.length > 0 ? { refusal: last(carriers, 'carry-refused') } : null,
    idle: idleFacts({ initiator, responder, carriers }, failure?.code),
    transfer: last(initiator, 'transfer'),
    accepted,
    proxyHeader: headerRefused([...carriers, ...responder]),
    firstBytes: firstBytes?.kind ?? null,
    presented: last(responder, 'certificate-presented'),
    responderTlsFailure: last(responder, 'tls-failed'),
    responderRefusal:
      last(responder, 'datagram-refused')?.reason ?? last(responder, 'message-refused')?.message ?? null,
    clientCertificateRefusal: clientCertificateRefusal(responder),
    clientCertificateLost: clientCertificateLost(initiator, responder),
    requests,
    altered: alterations(requests.at(-1)),
    loginLost: loginLost(failure?.code, requests),
    upgradeAnswer: upgradeAnswer(initiator, requests.at(-1)),
    requestReceived: last(responder, 'request-received') !== null,
    replySent: last(responder, 'reply-sent') !== null,
    responderEnding: last(responder, 'closed')?.how ?? null,
    arrivedAt: accepted ? null : arrival(elsewhere, seen),
  }
}

function headerRefused(arrived: readonly Observation[]): Facts['proxyHeader'] {
  const refused = arrived.findLast(({ what }) => what === 'proxy-header-refused')
  return refused?.what === 'proxy-header-refused' ? { ...refused.detail, host: refused.host } : null
}

function clientCertificateLost(
  initiator: readonly Observation[],
  responder: readonly Observation[],
): Facts['clientCertificateLost'] {
  const offered = last(initiator, 'client-certificate-offered')
  const came = responder.flatMap(entry => (entry.what === 'client-certificate-seen' ? [entry.detail] : []))
  if (!offered || came.length === 0 || came.some(({ fingerprint }) => fingerprint === offered.fingerprint)) return null
  const other = came.findLast(({ fingerprint }) => fingerprint !== null)
  return {
    offered,
    seen: other?.fingerprint ? { fingerprint: other.fingerprint, subject: other.subject ?? 'no subject' } : null,
  }
}

/** The exercise says what it met with, and the pairs of requests whether the connections are to blame. */
function loginLost(code: string | undefined, pairs: readonly RequestPair[]): Facts['loginLost'] {
  const onSeveral = (of: 'sent' | 'came', on: 'sent' | 'came') =>
    pairs.some(one =>
      pairs.some(other => one[of].connection === other[of].connection && one[on].connection !== other[on].connection),
    )
  if (code === 'NOT_AUTHENTICATED' && onSeveral('sent', 'came')) return 'split'
  return code === 'LOGIN_SHARED' && onSeveral('came', 'sent') ? 'shared' : null
}

function upgradeAnswer(initiator: readonly Observation[], pair: RequestPair | undefined): Facts['upgradeAnswer'] {
  const answer = last(initiator, 'upgrade-answer')
  if (!answer) return null
  const wish = initiator.findLast(({ what }) => what === 'http-request')
  const arrived = !pair || pair.sent !== wish ? 'not' : 'upgrade' in pair.came.detail.headers ? 'whole' : 'without'
  return { status: answer.status, server: answer.server, arrived }
}

/** The codes with which a Server refuses a device's certificate (docs/protocol.md section 12). */
function clientCertificateRefusal(responder: readonly Observation[]): Facts['clientCertificateRefusal'] {
  const refused = last(responder, 'message-refused')
  return refused?.code.startsWith('client-certificate-') ? { code: refused.code, reason: refused.message } : null
}

/** Of the connection that was dialled last. */
function proxyOn(initiator: readonly Observation[]): ProxyFacts | null {
  const dialled = initiator.findLast(({ what }) => what === 'connecting' || what === 'resolve-failed')
  if (dialled?.what !== 'connecting' && dialled?.what !== 'resolve-failed') return null
  const { proxy } = dialled.detail
  if (proxy === undefined) return null
  const since = initiator.filter(({ connection }) => connection === dialled.connection)
  return {
    at: proxy,
    asked: since.some(({ what }) => what === 'proxy-connect'),
    status: last(since, 'proxy-answer')?.status ?? null,
  }
}

function rejectionOf(initiator: readonly Observation[]): HttpRejection | null {
  const asked = last(initiator, 'proxy-connect')
  const answer = last(initiator, 'proxy-answer')
  if (asked && answer && (answer.status < 200 || answer.status >= 300))
    return { by: 'proxy', asked: `CONNECT ${asked.to}`, user: asked.user, ...answer }
  const foreign = last(initiator, 'foreign-answer')
  return foreign && { by: 'box', authenticate: null, error: null, user: null, ...foreign }
}

function endingOf(how: Ending | null, tlsCode: string | null, code: string | null): Facts['ending'] {
  if (how === 'rst' || tlsCode === 'ECONNRESET' || code === 'ECONNRESET' || code === 'EPIPE') return 'rst'
  if (how === 'fin' || tlsCode === 'CLOSED' || code === 'CLOSED') return 'fin'
  return how === 'timeout' ? 'timeout' : null
}

function arrival(elsewhere: readonly Observation[], seen: SeenCertificate | null): Facts['arrivedAt'] {
  const byNonce = elsewhere.find(({ what }) => what === 'request-received')
  if (byNonce) return { host: byNonce.host, port: byNonce.port, because: 'nonce' }
  const byCertificate = elsewhere.find(
    entry => entry.what === 'certificate-presented' && seen !== null && entry.detail.fingerprint === seen.fingerprint,
  )
  return byCertificate ? { host: byCertificate.host, port: byCertificate.port, because: 'certificate' } : null
}

/** HTTP requests as they were sent and as they came, and what changed on the way. Pure. */
import type { Observation, Sight } from '../journal/observation.ts'

type Request = Extract<Sight, { what: 'http-request' }> & Observation
type Body = Extract<Sight, { what: 'http-body' }>['detail']

export interface RequestPair {
  sent: Request
  came: Request
  /** Where both ends know it. */
  bodies: { sent: Body; came: Body } | null
}

export interface Alteration {
  /** `method`, `path`, `Host`, `body`, or the name of a header. */
  what: string
  sent: string
  came: string
}

const NONCE = 'x-ksc-lab-nonce'
/** What every proxy may set anew (RFC 9110 section 7.6.1), and what describes the client and not its wish. */
const OWN_AFFAIR = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
  ...['content-length', 'accept', 'accept-encoding', 'user-agent'],
])

const requests = (end: readonly Observation[]): Request[] => end.filter(entry => entry.what === 'http-request')

/**
 * Which request became which. Those with the nonce, counted from the last one; where none of them came, but as many requests as
 * were sent, the nonce itself was taken away.
 */
export function pairRequests(initiator: readonly Observation[], responder: readonly Observation[]): RequestPair[] {
  const [sent, came] = [requests(initiator), requests(responder)]
  const marked = (all: Request[]) => all.filter(({ detail }) => NONCE in detail.headers)
  const [sentMarked, cameMarked] = [marked(sent), marked(came)]
  const [ours, theirs] =
    sentMarked.length > 0 && cameMarked.length >= sentMarked.length ? [sentMarked, cameMarked] : [sent, came]
  if (theirs.length < ours.length || (ours === sent && cameMarked.length > 0)) return []
  return ours.flatMap((one, index) => {
    const other = theirs[index + theirs.length - ours.length]
    if (!other) return []
    const bodies = { sent: bodyOf(one, initiator), came: bodyOf(other, responder) }
    return [
      { sent: one, came: other, bodies: bodies.sent && bodies.came ? { sent: bodies.sent, came: bodies.came } : null },
    ]
  })
}

/** What was written of the body after its request, on the same connection. */
function bodyOf(request: Request, end: readonly Observation[]): Body | null {
  const after = end.slice(end.indexOf(request) + 1).filter(({ connection }) => connection === request.connection)
  const next = after.find(({ what }) => what === 'http-body' || what === 'http-request')
  return next?.what === 'http-body' ? next.detail : null
}

export function alterations(pair: RequestPair | undefined): Alteration[] {
  if (!pair) return []
  const { sent, came, bodies } = pair
  const [one, other] = [sent.detail, came.detail]
  const fields: [string, string, string][] = [
    ['method', one.method, other.method],
    ['path', one.path, other.path],
    ['Host', one.host ?? 'none', other.host ?? 'none'],
  ]
  if (bodies && bodies.sent.digest !== bodies.came.digest)
    fields.push(['body', `${bodies.sent.bytes} bytes`, `${bodies.came.bytes} bytes`])
  for (const [name, digest] of Object.entries(one.headers))
    if (!OWN_AFFAIR.has(name) && other.headers[name] !== digest)
      fields.push([name, 'as it was', other.headers[name] === undefined ? 'not at all' : 'with another value'])
  return fields.flatMap(([what, sentAs, cameAs]) =>
    sentAs === cameAs && what !== 'body' ? [] : [{ what, sent: sentAs, came: cameAs }],
  )
}

/** Headers that nobody has sent. */
export const added = ({ sent, came }: RequestPair): string[] =>
  Object.keys(came.detail.headers).filter(
    name => !(name in sent.detail.headers) && !OWN_AFFAIR.has(name) && !name.startsWith('sec-websocket-'),
  )

export const lostNonce = (altered: readonly Alteration[]): boolean => altered.some(({ what }) => what === NONCE)

/** What was noticed and did not stop delivery. */
import type { Endpoint, Observation } from '../journal/observation.ts'
import type { Evidence, Facts } from './facts.ts'

export interface Finding {
  kind: 'source-translated' | 'tls-reoriginated' | 'not-obeyed' | 'fallback-port'
  detail: string
}

export function findings(
  { initiator, responder, fallback = [] }: Evidence,
  { done, seen, presented, responderRefusal }: Facts,
): Finding[] {
  if (!done) return []
  const found: Finding[] = []
  const connected = initiator.findLast(entry => entry.what === 'connected')
  const source = sourceAt(responder)
  if (connected && source && connected.transport !== 'local' && connected.detail.local.address !== source.address)
    found.push({
      kind: 'source-translated',
      detail: `the responder sees ${source.address} where ${connected.detail.local.address} dialled`,
    })
  if (seen && presented && seen.fingerprint !== presented.fingerprint)
    found.push({
      kind: 'tls-reoriginated',
      detail: `the initiator accepted the certificate ${seen.subject} (SHA-256 ${seen.fingerprint}), which is not the responder's (${presented.fingerprint}): TLS is ended in between`,
    })
  const answered = initiator.findLast(({ what }) => what === 'reply-received')?.port
  if (answered && fallback.includes(answered)) found.push(fallbackPort(answered, initiator))
  if (responderRefusal !== null)
    found.push({ kind: 'not-obeyed', detail: `it arrived and was refused: ${responderRefusal}` })
  return found
}

/** Who the far end is for the responder: the peer, or whom a PROXY protocol header names. */
function sourceAt(responder: readonly Observation[]): Endpoint | null {
  const accepted = responder.findLast(entry => entry.what === 'accepted')
  if (accepted?.what !== 'accepted') return null
  const header = responder.findLast(
    ({ what, connection }) => what === 'proxy-header' && connection === accepted.connection,
  )
  return (header?.what === 'proxy-header' && header.detail.source) || accepted.detail.remote
}

/** Which ports were tried before, and what became of them. */
function fallbackPort(answered: number, initiator: readonly Observation[]): Finding {
  const tried = new Map<number, string>()
  for (const { port, what, detail } of initiator)
    if (port !== null && port !== answered)
      tried.set(port, 'code' in detail ? String(detail.code) : (tried.get(port) ?? what))
  const before = [...tried].map(([port, code]) => `${port} (${code})`).join(', ')
  return { kind: 'fallback-port', detail: `it came up on ${answered}, since ${before} did not pass` }
}

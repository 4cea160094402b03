/** What was noticed and did not stop delivery. */
import type { Evidence, Facts } from './facts.ts'

export interface Finding {
  kind: 'source-translated' | 'tls-reoriginated' | 'not-obeyed'
  detail: string
}

export function findings(
  { initiator, responder }: Evidence,
  { done, seen, presented, responderRefusal }: Facts,
): Finding[] {
  if (!done) return []
  const found: Finding[] = []
  const connected = initiator.findLast(entry => entry.what === 'connected')
  const accepted = responder.findLast(entry => entry.what === 'accepted')
  if (
    connected &&
    accepted &&
    connected.transport !== 'local' &&
    connected.detail.local.address !== accepted.detail.remote.address
  )
    found.push({
      kind: 'source-translated',
      detail: `the responder sees ${accepted.detail.remote.address} where ${connected.detail.local.address} dialled`,
    })
  if (seen && presented && seen.fingerprint !== presented.fingerprint)
    found.push({
      kind: 'tls-reoriginated',
      detail: `the initiator accepted the certificate ${seen.subject} (SHA-256 ${seen.fingerprint}), which is not the responder's (${presented.fingerprint}): TLS is ended in between`,
    })
  if (responderRefusal !== null)
    found.push({ kind: 'not-obeyed', detail: `it arrived and was refused: ${responderRefusal}` })
  return found
}

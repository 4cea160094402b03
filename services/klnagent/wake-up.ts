import { verify, type X509Certificate } from 'node:crypto'
import type { Datagram } from '../../shared/net/host.ts'
import { checkFresh, DatagramError, type ReplayGuard, type SealedNotice } from '../../shared/wire/datagram.ts'

/** UDP 15000: "call me back", obeyed only when the Server that this agent knows has signed it (help topic 92537). */
export function acceptWakeUp(
  { notice, body, proof }: SealedNotice,
  { host, held, replays, now }: { host: string; held: readonly X509Certificate[]; replays: ReplayGuard; now: number },
): string {
  if (notice.kind !== 'wake-up') throw new DatagramError('unknown-kind', `a wake-up is expected, not ${notice.kind}`)
  if (notice.target !== host) throw new DatagramError('wrong-target', `it is meant for ${notice.target}`)
  if (held.length === 0)
    throw new DatagramError('forged', 'this agent has not had its first contact and knows no Server yet (arrow 4)')
  if (!held.some(certificate => verify('sha256', body, certificate.publicKey, proof)))
    throw new DatagramError(
      'forged',
      'it is not signed by the Administration Server whose certificate this agent holds',
    )
  checkFresh(notice.at, now)
  replays.check(notice.nonce, now)
  return notice.nonce
}

/** Refusals are written down and never answered. */
export function journalRefusal(datagram: Datagram, error: unknown): void {
  if (!(error instanceof DatagramError)) throw error
  datagram.observe({
    what: 'datagram-refused',
    detail: { reason: `${error.code}: ${error.message}`, bytes: datagram.bytes.length },
  })
}

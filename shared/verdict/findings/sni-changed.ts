import { otherHello } from './hellos.ts'
import type { Notice } from './notice.ts'

export const sniChanged: Notice = ({ initiator, responder }) => {
  const other = otherHello(initiator, responder)
  if (!other || other.sent.sni?.toLowerCase() === other.came.sni?.toLowerCase()) return null
  const name = (sni: string | null) => sni ?? 'no name'
  return `the initiator asked for ${name(other.sent.sni)} (SNI), the responder was asked for ${name(other.came.sni)}`
}

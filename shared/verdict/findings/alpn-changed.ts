import { otherHello } from './hellos.ts'
import type { Notice } from './notice.ts'

export const alpnChanged: Notice = ({ initiator, responder }) => {
  const other = otherHello(initiator, responder)
  const list = (alpn: readonly string[]) => alpn.join(', ') || 'nothing'
  if (!other || list(other.sent.alpn) === list(other.came.alpn)) return null
  return `the initiator offered ${list(other.sent.alpn)} (ALPN), the responder was offered ${list(other.came.alpn)}`
}

import { added, pairRequests } from '../requests.ts'
import type { Notice } from './notice.ts'

export const headerAdded: Notice = ({ initiator, responder }) => {
  const names = [...new Set(pairRequests(initiator, responder).flatMap(added))].sort()
  return names.length > 0 ? `the responder got headers that the initiator did not send: ${names.join(', ')}` : null
}

import { added } from '../requests.ts'
import type { Notice } from './notice.ts'

export const headerAdded: Notice = (_evidence, { requests }) => {
  const names = [...new Set(requests.flatMap(added))].sort()
  return names.length > 0 ? `the responder got headers that the initiator did not send: ${names.join(', ')}` : null
}

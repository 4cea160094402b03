import { pairRequests } from '../requests.ts'
import type { Notice } from './notice.ts'

export const httpVersionChanged: Notice = ({ initiator, responder }) => {
  const changed = pairRequests(initiator, responder).find(
    ({ sent, came }) => sent.detail.version !== came.detail.version,
  )
  return changed
    ? `the initiator spoke HTTP/${changed.sent.detail.version}, and HTTP/${changed.came.detail.version} arrived`
    : null
}

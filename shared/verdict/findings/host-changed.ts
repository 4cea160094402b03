import { alterations, pairRequests } from '../requests.ts'
import type { Notice } from './notice.ts'

export const hostChanged: Notice = ({ initiator, responder }) => {
  const changed = pairRequests(initiator, responder)
    .flatMap(alterations)
    .find(({ what }) => what === 'Host')
  return changed ? `the initiator asked for Host ${changed.sent}, the responder was asked for ${changed.came}` : null
}

import { alterations } from '../requests.ts'
import type { Notice } from './notice.ts'

export const hostChanged: Notice = (_evidence, { requests }) => {
  const changed = requests.flatMap(alterations).find(({ what }) => what === 'Host')
  return changed ? `the initiator asked for Host ${changed.sent}, the responder was asked for ${changed.came}` : null
}

import type { Notice } from './notice.ts'

export const httpVersionChanged: Notice = (_evidence, { requests }) => {
  const changed = requests.find(({ sent, came }) => sent.detail.version !== came.detail.version)
  return changed
    ? `the initiator spoke HTTP/${changed.sent.detail.version}, and HTTP/${changed.came.detail.version} arrived`
    : null
}

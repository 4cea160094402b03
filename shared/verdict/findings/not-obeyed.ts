import type { Notice } from './notice.ts'

export const notObeyed: Notice = (_evidence, { responderRefusal }) =>
  responderRefusal === null ? null : `it arrived and was refused: ${responderRefusal}`

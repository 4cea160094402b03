import type { Evidence, Facts } from '../facts.ts'

/** What a finding tells of one exercise; null where there is nothing to tell. */
export type Notice = (evidence: Evidence, facts: Facts) => string | null

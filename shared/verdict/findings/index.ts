/** What was noticed and did not stop delivery. */
import type { Evidence, Facts } from '../facts.ts'
import { alpnChanged } from './alpn-changed.ts'
import { certificateLost } from './client-certificate-lost.ts'
import { fallbackPort } from './fallback-port.ts'
import { headerAdded } from './header-added.ts'
import { hostChanged } from './host-changed.ts'
import { httpVersionChanged } from './http-version-changed.ts'
import { notObeyed } from './not-obeyed.ts'
import type { Notice } from './notice.ts'
import { slow } from './slow.ts'
import { sniChanged } from './sni-changed.ts'
import { sourceTranslated } from './source-translated.ts'
import { tlsReoriginated } from './tls-reoriginated.ts'

const notices = {
  'source-translated': sourceTranslated,
  'tls-reoriginated': tlsReoriginated,
  'sni-changed': sniChanged,
  'alpn-changed': alpnChanged,
  'client-certificate-lost': certificateLost,
  'host-changed': hostChanged,
  'header-added': headerAdded,
  'http-version-changed': httpVersionChanged,
  'fallback-port': fallbackPort,
  'not-obeyed': notObeyed,
  slow,
} satisfies Record<string, Notice>

export type FindingKind = keyof typeof notices
export const FINDING_KINDS = Object.keys(notices) as FindingKind[]

export interface Finding {
  kind: FindingKind
  detail: string
}

export const findings = (evidence: Evidence, facts: Facts): Finding[] =>
  facts.done
    ? FINDING_KINDS.flatMap(kind => {
        const detail = notices[kind](evidence, facts)
        return detail === null ? [] : [{ kind, detail }]
      })
    : []

import type { Observation } from '../shared/journal/observation.ts'
import type { Finding } from '../shared/verdict/findings/index.ts'
import type { EndOfHold } from '../shared/verdict/idle.ts'
import type { Ruling } from '../shared/verdict/ruling.ts'
import type { VerdictWord } from '../shared/verdict/words.ts'

/** `--format json`; the names are a contract (docs/report.md). */
export interface Report {
  schema: 'ksc-lab/report@1'
  topology: string
  kscVersion: string
  mode: 'in-process' | 'compose'
  startedAt: string
  durationMs: number
  seed: number
  summary: { total: number; asExpected: number; unexpected: number; skipped: number }
  results: Result[]
}

export interface Result {
  id: string
  flow: string
  title: string
  initiator: string
  responder: string
  via: string[]
  transport: 'tcp' | 'udp' | 'local'
  tls: boolean
  /** Where it really went. */
  address: string | null
  port: number | null
  expected: 'delivered' | 'blocked'
  verdict: VerdictWord
  asExpected: boolean
  findings: Finding[]
  evidence: Evidence[]
  explanation: string
  advice: string
  durationMs: number
  /** Of a connection that was held without a byte (`--idle`). */
  idle?: Held
}

/** Times in seconds. */
interface Held {
  seconds: number
  initiator: { saw: EndOfHold['saw']; after: number | null }
  responder: { saw: EndOfHold['saw']; after: number | null }
}

export type Evidence = {
  host: string
  /** ms since the start of this exercise */
  t: number
} & (
  | { at: Observation['end']; what: Observation['what']; detail: Observation['detail'] }
  /** What the firewall between them did with a second attempt of the same kind. */
  | { at: 'firewall'; what: 'ruled'; detail: Ruling }
)

export function summarize(results: readonly Result[]): Report['summary'] {
  const count = (holds: (result: Result) => boolean) => results.filter(holds).length
  return {
    total: results.length,
    asExpected: count(({ asExpected }) => asExpected),
    unexpected: count(({ asExpected }) => !asExpected),
    skipped: count(({ verdict }) => verdict === 'skipped'),
  }
}

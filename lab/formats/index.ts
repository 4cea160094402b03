import type { Report } from '../report.ts'
import { junit } from './junit.ts'
import { type Look, pretty } from './pretty.ts'
import { tap } from './tap.ts'

/** How a report is written; a new format is one file and one line. */
export const formats = {
  pretty,
  json: (report: Report) => `${JSON.stringify(report, null, 2)}\n`,
  junit,
  tap,
} as const satisfies Record<string, (report: Report, look: Look) => string>

export type Format = keyof typeof formats
export const FORMATS = Object.keys(formats) as Format[]

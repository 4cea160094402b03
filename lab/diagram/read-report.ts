import { KSC_VERSIONS, type KscVersion } from '../../shared/catalogue/types.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { VERDICT_WORDS } from '../../shared/verdict/words.ts'
import type { Report } from '../report.ts'
import type { Verdicts } from './model.ts'

const EXPECTED = 'expected is what `ksc-lab verify TOPOLOGY --format json` prints'

/** @throws ConfigError where the text is no report, or one of another topology */
export function readReport(text: string, file: string, topology: string): { version: KscVersion; verdicts: Verdicts } {
  const report = parsed(text, file)
  if (report?.schema !== 'ksc-lab/report@1' || !Array.isArray(report.results))
    throw new ConfigError(`${file}: not a report of ksc-lab; ${EXPECTED}`)
  if (report.topology !== topology)
    throw new ConfigError(
      `${file}: a report of topology ${JSON.stringify(report.topology)}, not of ${JSON.stringify(topology)}`,
    )
  const version = KSC_VERSIONS.find(known => known === report.kscVersion)
  if (!version)
    throw new ConfigError(`${file}: kscVersion ${JSON.stringify(report.kscVersion)} is not known; ${EXPECTED}`)
  const verdicts = report.results.map((result, index) => {
    const word = VERDICT_WORDS.find(known => known === result?.verdict)
    if (typeof result?.id !== 'string' || !word)
      throw new ConfigError(`${file}: results.${index}: no id or no known verdict; ${EXPECTED}`)
    return [result.id, word] as const
  })
  return { version, verdicts: new Map(verdicts) }
}

function parsed(text: string, file: string): Partial<Report> | null {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError(`${file}: not JSON; ${EXPECTED}`)
  }
}

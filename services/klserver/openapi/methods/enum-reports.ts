import * as v from 'valibot'
import { method } from '../method.ts'
import { REPORT_LISTED } from '../report.ts'

export const enumReports = method({
  name: 'ReportManager.EnumReports',
  fidelity: 'documented',
  about: 'Reports: the lab has one',
  answer: '`PxgRetVal`: {`RPT_ID`, `RPT_DN`, ...}',
  args: v.object({}),
  run: () => ({ PxgRetVal: [REPORT_LISTED] }),
})

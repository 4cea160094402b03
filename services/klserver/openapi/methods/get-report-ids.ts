import * as v from 'valibot'
import { method } from '../method.ts'
import { REPORT } from '../report.ts'

export const getReportIds = method({
  name: 'ReportManager.GetReportIds',
  fidelity: 'documented',
  about: 'Ids of the reports',
  answer: '`PxgRetVal`: ids',
  args: v.object({}),
  run: () => ({ PxgRetVal: [REPORT.RPT_ID ?? 0] }),
})

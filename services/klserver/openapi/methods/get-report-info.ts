import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { notFound } from '../errors.ts'
import { method } from '../method.ts'
import { REPORT } from '../report.ts'

export const getReportInfo = method({
  name: 'ReportManager.GetReportInfo',
  fidelity: 'documented',
  about: 'About a report',
  answer: '`PxgRetVal`: as in EnumReports',
  args: v.object({ lReportId: Integer }),
  run(_call, { lReportId }) {
    if (lReportId !== REPORT.RPT_ID) throw notFound(`lReportId: there is no report ${lReportId}`)
    return { PxgRetVal: REPORT }
  },
})

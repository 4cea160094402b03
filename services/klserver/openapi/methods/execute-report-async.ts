import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { badArgument, notFound } from '../errors.ts'
import { method } from '../method.ts'
import { REPORT, writeReport } from '../report.ts'

export const executeReportAsync = method({
  name: 'ReportManager.ExecuteReportAsync',
  fidelity: 'documented',
  about:
    'Makes a report; CheckActionState tells its path as `KLRPT_OUTPUT_FILE`, which is fetched with GET and `Range: bytes=N-`',
  answer: '`strRequestId`',
  assumed: 'what stands in it; HTML and PDF are not there, XML is given instead',
  args: v.object({
    lReportId: Integer,
    pOptions: v.optional(
      v.object({ KLRPT_OUTPUT_FORMAT: v.optional(v.object({ KLRPT_TARGET_TYPE: v.optional(Integer) })) }),
    ),
  }),
  async run({ store, actions, files, caller: { user } }, { lReportId, pOptions }) {
    if (lReportId !== REPORT.RPT_ID) throw notFound(`lReportId: there is no report ${lReportId}`)
    const type = pOptions?.KLRPT_OUTPUT_FORMAT?.KLRPT_TARGET_TYPE ?? 0
    const report = writeReport(await store.devices(), type)
    if (!report)
      throw badArgument(
        `pOptions.KLRPT_OUTPUT_FORMAT.KLRPT_TARGET_TYPE: must be 0 (XML), 1 (CSV) or 2 (JSON), not ${type}`,
      )
    const KLRPT_OUTPUT_FILE = files.keep(user, report.bytes, report.extension)
    return { strRequestId: actions.finished(user, { stateData: { KLRPT_OUTPUT_FILE } }) }
  },
})

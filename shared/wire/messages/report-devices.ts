import * as v from 'valibot'
import { Nonce, RequestId } from './fields.ts'
import { ListedDevice } from './list-devices.ts'

/** A secondary Server to its primary, where it is the secondary that dials. */
export const ReportDevices = v.object({
  type: v.literal('report-devices'),
  id: RequestId,
  nonce: Nonce,
  devices: v.array(ListedDevice),
})
export type ReportDevices = v.InferOutput<typeof ReportDevices>

export const Noted = v.object({ type: v.literal('noted'), id: RequestId, nonce: Nonce })
export type Noted = v.InferOutput<typeof Noted>

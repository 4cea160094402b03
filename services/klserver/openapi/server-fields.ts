import { MANAGED } from '../groups.ts'
import type { Secondary } from '../secondaries.ts'
import type { Fields } from './types.ts'

/** "List of secondary Server attributes" of the vendor's reference, as far as the lab has them. */
export const serverFields = ({ id, name, passive, active }: Secondary): Fields => ({
  KLSRVH_SRV_ID: id,
  KLSRVH_SRV_DN: name,
  KLSRVH_SRV_ADDR: `${name}:13000`,
  KLSRVH_SRV_GROUPID: MANAGED,
  KLSRVH_SRV_STATUS: active ? 1 : 0,
  KLSRVH_SRV_PASSIVE: passive,
})

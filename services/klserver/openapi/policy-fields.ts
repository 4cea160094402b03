import { MANAGED } from '../groups.ts'
import type { Store } from '../store/index.ts'
import type { Fields } from './types.ts'

/** The store's policies have GUIDs, the OpenAPI numbers: they are counted from 1, by name (assumed). */
export const policiesOf = async (store: Store): Promise<{ id: number; fields: Fields }[]> =>
  (await store.policies()).map(({ name }, n) => ({
    id: n + 1,
    fields: {
      KLPOL_ID: n + 1,
      KLPOL_DN: name,
      KLPOL_GROUP_ID: MANAGED,
      KLPOL_ACTIVE: true,
      KLPOL_ROAMING: false,
      KLPOL_INHERITED: false,
      KLPOL_PROFILES_NUM: 0,
    },
  }))

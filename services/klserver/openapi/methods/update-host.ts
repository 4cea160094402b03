import * as v from 'valibot'
import { Name } from '../../../../shared/wire/messages/fields.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

/** The display name is what can be set; other attributes are read over (assumed). */
export const updateHost = method({
  name: 'HostGroup.UpdateHost',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Renames a host (`KLHST_WKS_DN`)',
  answer: '`{}`',
  assumed: 'other attributes are read over',
  args: v.object({ strHostName: v.string(), pInfo: v.object({ KLHST_WKS_DN: v.optional(Name) }) }),
  async run({ store }, { strHostName, pInfo: { KLHST_WKS_DN } }) {
    await hostWith(store, strHostName, 'strHostName')
    if (KLHST_WKS_DN !== undefined) await store.rename(strHostName, KLHST_WKS_DN)
    return {}
  },
})

import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { params } from '../types.ts'

export const getHostTags = method({
  name: 'HostTagsApi.GetHostTags',
  fidelity: 'documented',
  about: 'Tags of a host',
  answer: '`PxgRetVal`: {`KLHST_TagValue`, `KLHST_IS_TAG_SET_BY_PRODUCT`, `KLHST_IS_TAG_SET_BY_HOSTTAGRULE`}',
  args: v.object({ szwHostId: v.string(), pParams: v.optional(v.record(v.string(), v.unknown())) }),
  async run({ store }, { szwHostId }) {
    const { hostId } = await hostWith(store, szwHostId, 'szwHostId')
    const tags = await store.tags.of(hostId)
    const set = { KLHST_IS_TAG_SET_BY_PRODUCT: false, KLHST_IS_TAG_SET_BY_HOSTTAGRULE: false }
    return { PxgRetVal: tags.map(KLHST_TagValue => params({ KLHST_TagValue, ...set })) }
  },
})

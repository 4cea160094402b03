import * as v from 'valibot'
import { method } from '../method.ts'
import { params } from '../types.ts'

export const getTags = method({
  name: 'HostsTags.ListTags.GetTags',
  fidelity: 'documented',
  about: 'Tags of hosts',
  answer: '`PxgRetVal`: {`KLTAGS_ITEM_ID`, `KLTAGS_TAGS`}',
  assumed: 'hosts without tags are left out',
  args: v.object({
    pIdArray: v.pipe(v.array(v.string()), v.maxLength(10_000)),
    pParams: v.optional(v.record(v.string(), v.unknown())),
  }),
  async run({ store }, { pIdArray }) {
    const found = []
    for (const hostId of pIdArray) {
      const tags = await store.tags.of(hostId)
      if (tags.length > 0) found.push(params({ KLTAGS_ITEM_ID: hostId, KLTAGS_TAGS: tags }))
    }
    return { PxgRetVal: found }
  },
})

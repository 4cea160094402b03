import * as v from 'valibot'
import { Name } from '../../../../shared/wire/messages/fields.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

const Tag = v.object({ KLTAGS_VALUE: Name, KLTAGS_SET: v.boolean() })
const Item = v.object({ KLTAGS_ITEM_ID: v.string(), KLTAGS_TAGS: v.pipe(v.array(Tag), v.maxLength(1_000)) })

export const setTags = method({
  name: 'HostsTags.ListTags.SetTags',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Gives tags to hosts and takes them (`KLTAGS_SET`); `KLTAGS_FULL_REPLACE`: they have no others',
  answer: '`{}`',
  assumed: 'a tag that was not there is made',
  args: v.object({
    pListItemsTags: v.pipe(v.array(Item), v.maxLength(10_000)),
    pParams: v.optional(v.object({ KLTAGS_FULL_REPLACE: v.optional(v.boolean()) })),
  }),
  async run({ store }, { pListItemsTags, pParams: { KLTAGS_FULL_REPLACE: replace = false } = {} }) {
    for (const { KLTAGS_ITEM_ID } of pListItemsTags)
      await hostWith(store, KLTAGS_ITEM_ID, 'pListItemsTags.KLTAGS_ITEM_ID')
    for (const { KLTAGS_ITEM_ID: hostId, KLTAGS_TAGS } of pListItemsTags) {
      const tags = new Set(replace ? [] : await store.tags.of(hostId))
      for (const { KLTAGS_VALUE, KLTAGS_SET } of KLTAGS_TAGS)
        if (KLTAGS_SET) tags.add(KLTAGS_VALUE)
        else tags.delete(KLTAGS_VALUE)
      await store.tags.set(hostId, [...tags])
    }
    return {}
  },
})

import * as v from 'valibot'
import { Name } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'

export const deleteTags = method({
  name: 'HostsTags.ListTags.DeleteTags2',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Removes tags, from all hosts too',
  answer: '`{}`',
  assumed: 'tags that are not there are read over',
  args: v.object({
    pTagValue: v.pipe(v.array(Name), v.maxLength(10_000)),
    pParams: v.optional(v.record(v.string(), v.unknown())),
  }),
  async run({ store }, { pTagValue }) {
    await store.tags.remove(pTagValue)
    return {}
  },
})

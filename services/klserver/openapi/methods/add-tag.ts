import * as v from 'valibot'
import { Name } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'

export const addTag = method({
  name: 'HostsTags.ListTags.AddTag',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'A tag that hosts can have',
  answer: '`{}`',
  args: v.object({ szwTagValue: Name, pParams: v.optional(v.record(v.string(), v.unknown())) }),
  async run({ store }, { szwTagValue }) {
    await store.tags.add([szwTagValue])
    return {}
  },
})

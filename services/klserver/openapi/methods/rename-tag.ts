import * as v from 'valibot'
import { Name } from '../../../../shared/wire/messages/fields.ts'
import { notFound } from '../errors.ts'
import { method } from '../method.ts'

export const renameTag = method({
  name: 'HostsTags.ListTags.RenameTag',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Renames a tag on all hosts that have it',
  answer: '`{}`',
  args: v.object({
    szwOldTagValue: Name,
    szwNewTagValue: Name,
    pParams: v.optional(v.record(v.string(), v.unknown())),
  }),
  async run({ store: { tags } }, { szwOldTagValue, szwNewTagValue }) {
    if (!(await tags.all()).includes(szwOldTagValue))
      throw notFound(`szwOldTagValue: there is no tag ${JSON.stringify(szwOldTagValue)}`)
    const hosts = await tags.hostsWith(szwOldTagValue)
    for (const hostId of hosts) await tags.set(hostId, [...(await tags.of(hostId)), szwNewTagValue])
    await tags.add([szwNewTagValue])
    if (szwOldTagValue !== szwNewTagValue) await tags.remove([szwOldTagValue])
    return {}
  },
})

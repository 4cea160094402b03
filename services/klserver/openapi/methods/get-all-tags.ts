import * as v from 'valibot'
import { method } from '../method.ts'

export const getAllTags = method({
  name: 'HostsTags.ListTags.GetAllTags',
  fidelity: 'documented',
  about: 'Tags that hosts can have',
  answer: '`PxgRetVal`: tags',
  args: v.object({ pParams: v.optional(v.record(v.string(), v.unknown())) }),
  run: async ({ store }) => ({ PxgRetVal: await store.tags.all() }),
})

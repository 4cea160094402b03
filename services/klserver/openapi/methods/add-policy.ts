import * as v from 'valibot'
import { Integer, Name } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { MANAGED } from '../../groups.ts'
import { notPermitted } from '../errors.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const addPolicy = method({
  name: 'Policy.AddPolicy',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Makes a policy; devices of its group are given it when they synchronise',
  answer: '`PxgRetVal`: its number',
  assumed: 'several of one application may be active',
  args: v.object({
    pPolicyData: v.object({
      KLPOL_DN: Name,
      KLPOL_GROUP_ID: v.optional(Integer),
      KLPOL_PRODUCT: v.optional(Name),
      KLPOL_VERSION: v.optional(Name),
      KLPOL_ACTIVE: v.optional(v.boolean()),
    }),
  }),
  async run({ store, now }, { pPolicyData }) {
    const { KLPOL_DN, KLPOL_GROUP_ID = MANAGED, KLPOL_PRODUCT, KLPOL_VERSION, KLPOL_ACTIVE = false } = pPolicyData
    const tree = await groupTree(store)
    const { name } = groupWith(tree, KLPOL_GROUP_ID, 'pPolicyData.KLPOL_GROUP_ID')
    if (!tree.isManaged(KLPOL_GROUP_ID)) throw notPermitted(`pPolicyData.KLPOL_GROUP_ID: ${name} has no policies`)
    const number = await store.addPolicy({
      ...{ name: KLPOL_DN, groupId: KLPOL_GROUP_ID, active: KLPOL_ACTIVE, at: now() },
      ...{ product: KLPOL_PRODUCT ?? null, version: KLPOL_VERSION ?? null },
    })
    return { PxgRetVal: number }
  },
})

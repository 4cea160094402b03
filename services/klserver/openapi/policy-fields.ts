import type { GroupTree } from '../group-tree.ts'
import type { Policy, Store } from '../store/index.ts'
import { notFound } from './errors.ts'
import { datetime, type Fields } from './types.ts'

/** @param groupId whose policies are looked at: one of a group above it is inherited */
export const policyFields = (tree: GroupTree, policy: Policy, groupId = policy.groupId): Fields => ({
  KLPOL_ID: policy.number,
  KLPOL_DN: policy.name,
  ...(policy.product === null ? {} : { KLPOL_PRODUCT: policy.product }),
  ...(policy.version === null ? {} : { KLPOL_VERSION: policy.version }),
  KLPOL_GROUP_ID: policy.groupId,
  KLPOL_GROUP_NAME: tree.get(policy.groupId)?.name ?? '',
  KLPOL_ACTIVE: policy.active,
  KLPOL_ROAMING: false,
  KLPOL_INHERITED: policy.groupId !== groupId,
  KLPOL_PROFILES_NUM: 0,
  KLPOL_CREATED: datetime(policy.createdAt),
})

export const noSuchPolicy = (number: number) =>
  notFound(`nPolicy: there is no policy ${number}; Policy.GetPoliciesForGroup gives KLPOL_ID`)

/** @throws PxgError */
export async function policyWith(store: Store, number: number): Promise<Policy> {
  const policy = (await store.policies()).find(one => one.number === number)
  if (policy) return policy
  throw noSuchPolicy(number)
}

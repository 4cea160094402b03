import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { MANAGED } from '../../groups.ts'
import { method } from '../method.ts'
import { serverFields } from '../server-fields.ts'
import { params } from '../types.ts'

const ALL = -1

export const getChildServers = method({
  name: 'ServerHierarchy.GetChildServers',
  fidelity: 'documented',
  about: 'Secondary Servers of a group; -1: of all',
  answer: '`PxgRetVal`: {`KLSRVH_SRV_ID`, `KLSRVH_SRV_DN`, `KLSRVH_SRV_GROUPID`, `KLSRVH_SRV_STATUS`, ...}',
  assumed: 'all are in "Managed devices"; active is one that is connected',
  args: v.object({ nGroupId: v.optional(Integer) }),
  run: ({ secondaries }, { nGroupId = ALL }) => ({
    PxgRetVal: [ALL, MANAGED].includes(nGroupId) ? secondaries().map(one => params(serverFields(one))) : [],
  }),
})

import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { notFound } from '../errors.ts'
import { method } from '../method.ts'
import { FieldNames } from '../search.ts'
import { serverFields } from '../server-fields.ts'

export const getServerInfo = method({
  name: 'ServerHierarchy.GetServerInfo',
  fidelity: 'documented',
  about: 'Fields of a secondary Server',
  answer: '`PxgRetVal`: fields',
  args: v.object({ lServer: Integer, pFields: v.optional(FieldNames) }),
  run({ secondaries }, { lServer, pFields = [] }) {
    const found = secondaries().find(({ id }) => id === lServer)
    if (!found) throw notFound(`lServer: there is no secondary Server ${lServer}; GetChildServers gives KLSRVH_SRV_ID`)
    const fields = Object.entries(serverFields(found))
    return { PxgRetVal: Object.fromEntries(fields.filter(([name]) => pFields.length === 0 || pFields.includes(name))) }
  },
})

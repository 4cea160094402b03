import * as v from 'valibot'
import { hostAttribute, hostFields } from '../host-attributes.ts'
import { method } from '../method.ts'
import { search, searchArgs } from '../search.ts'

const name = 'HostGroup.FindHosts'

export const findHosts = method({
  name,
  fidelity: 'documented',
  about: 'Finds hosts; the found set is read with ChunkAccessor',
  answer: '`PxgRetVal`: how many, `strAccessor`',
  args: v.object(searchArgs),
  run: async (call, args) =>
    search(call, name, args, { items: await call.store.devices(), attribute: hostAttribute, fields: hostFields }),
})

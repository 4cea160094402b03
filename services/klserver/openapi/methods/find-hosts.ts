import * as v from 'valibot'
import { hostRecords } from '../host-attributes.ts'
import { method } from '../method.ts'
import { indexed, search, searchArgs } from '../search.ts'

export const findHosts = method({
  name: 'HostGroup.FindHosts',
  fidelity: 'documented',
  about: 'Finds hosts; the found set is read with ChunkAccessor',
  answer: '`PxgRetVal`: how many, `strAccessor`',
  args: v.object(searchArgs),
  run: async (call, args) =>
    search(call, 'HostGroup.FindHosts', args, await hostRecords(call.store, indexed(call, args))),
})

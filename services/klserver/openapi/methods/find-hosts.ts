import * as v from 'valibot'
import { method } from '../method.ts'
import { searchArgs } from '../search.ts'
import { searchHosts } from '../search-hosts.ts'

export const findHosts = method({
  name: 'HostGroup.FindHosts',
  fidelity: 'documented',
  about: 'Finds hosts; the found set is read with ChunkAccessor',
  answer: '`PxgRetVal`: how many, `strAccessor`',
  args: v.object(searchArgs),
  run: (call, args) => searchHosts(call, 'HostGroup.FindHosts', args),
})

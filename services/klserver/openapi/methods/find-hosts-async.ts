import * as v from 'valibot'
import { method } from '../method.ts'
import { searchArgs } from '../search.ts'
import { searchHosts } from '../search-hosts.ts'

export const findHostsAsync = method({
  name: 'HostGroup.FindHostsAsync',
  fidelity: 'documented',
  about: 'FindHosts as an asynchronous action, which is over when it is asked for',
  answer: '`strRequestId`',
  assumed: 'a wrong filter is refused at once',
  args: v.object(searchArgs),
  async run(call, args) {
    const { strAccessor } = await searchHosts(call, 'HostGroup.FindHostsAsync', args)
    return { strRequestId: call.actions.finished(call.caller.user, { strAccessor }) }
  },
})

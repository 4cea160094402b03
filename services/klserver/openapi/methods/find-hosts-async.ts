import * as v from 'valibot'
import { hostRecords } from '../host-attributes.ts'
import { method } from '../method.ts'
import { indexed, search, searchArgs } from '../search.ts'

export const findHostsAsync = method({
  name: 'HostGroup.FindHostsAsync',
  fidelity: 'documented',
  about: 'FindHosts as an asynchronous action, which is over when it is asked for',
  answer: '`strRequestId`',
  assumed: 'a wrong filter is refused at once',
  args: v.object(searchArgs),
  async run(call, args) {
    const { strAccessor } = search(
      call,
      'HostGroup.FindHostsAsync',
      args,
      await hostRecords(call.store, indexed(call, args)),
    )
    return { strRequestId: call.actions.finished(call.caller.user, { strAccessor }) }
  },
})

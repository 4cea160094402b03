import * as v from 'valibot'
import { hostAttribute, hostFields } from '../host-attributes.ts'
import { method } from '../method.ts'
import { search, searchArgs } from '../search.ts'

const name = 'HostGroup.FindHostsAsync'

/** A wrong filter is refused at once (assumed), not by the action. */
export const findHostsAsync = method({
  name,
  fidelity: 'documented',
  about: 'FindHosts as an asynchronous action, which is over when it is asked for',
  answer: '`strRequestId`',
  assumed: 'a wrong filter is refused at once',
  args: v.object(searchArgs),
  async run(call, args) {
    const records = { items: await call.store.devices(), attribute: hostAttribute, fields: hostFields }
    const { strAccessor } = search(call, name, args, records)
    return { strRequestId: call.actions.finished(call.caller.user, strAccessor) }
  },
})

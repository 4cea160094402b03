import * as v from 'valibot'
import { callAll } from '../call-all.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const addHostsForSync = method({
  name: 'HostGroup.AddHostsForSync',
  fidelity: 'documented',
  about: 'Forces hosts to synchronise: they are called by UDP 15000, a push server or a push service',
  answer: '`strActionGuid`: over when all have come, or one has not in time',
  assumed: 'everything is synchronised, whatever `strSSType` says',
  args: v.object({ pHostNames: v.pipe(v.array(v.string()), v.maxLength(10_000)), strSSType: v.optional(v.string()) }),
  async run({ store, actions, caller, synchronise }, { pHostNames }) {
    const hosts = []
    for (const hostId of pHostNames) hosts.push(await hostWith(store, hostId, 'pHostNames'))
    return { strActionGuid: actions.begun(caller.user, callAll(hosts, synchronise)) }
  },
})

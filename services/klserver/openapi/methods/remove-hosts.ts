import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const removeHosts = method({
  name: 'HostGroup.RemoveHosts',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Forgets hosts with their events',
  answer: '`{}`',
  assumed: '`bForceDestroy` is read over',
  args: v.object({
    pHostNames: v.pipe(v.array(v.string()), v.maxLength(10_000)),
    bForceDestroy: v.optional(v.boolean()),
  }),
  async run({ store }, { pHostNames }) {
    for (const hostId of pHostNames) await hostWith(store, hostId, 'pHostNames')
    for (const hostId of pHostNames) await store.removeDevice(hostId)
    return {}
  },
})

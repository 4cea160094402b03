import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const removeHost = method({
  name: 'HostGroup.RemoveHost',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Forgets a host with its events',
  answer: '`{}`',
  assumed: 'one that comes again is a new one',
  args: v.object({ strHostName: v.string() }),
  async run({ store }, { strHostName }) {
    const { hostId } = await hostWith(store, strHostName, 'strHostName')
    await store.removeDevice(hostId)
    return {}
  },
})

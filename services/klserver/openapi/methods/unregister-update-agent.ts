import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { change } from '../update-agent-info.ts'

export const unregisterUpdateAgent = method({
  name: 'UaControl.UnregisterUpdateAgent',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Takes a distribution point or gateway off the list; a gateway in a DMZ is dialled no more',
  answer: '`{}`',
  args: v.object({ wstrUaHostId: v.string() }),
  async run(call, { wstrUaHostId }) {
    const { name } = await hostWith(call.store, wstrUaHostId, 'wstrUaHostId')
    return change(call, agents => agents.unregister(name))
  },
})

import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { change } from '../update-agent-info.ts'

export const registerUpdateAgent = method({
  name: 'UaControl.RegisterUpdateAgent',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Registers a distribution point, or a gateway that dials this Server',
  answer: '`{}`',
  assumed: 'a host that the topology does not set up as one is refused; the scope is that of the topology',
  args: v.object({ pUaInfo: v.object({ UaHostId: v.string() }) }),
  async run(call, { pUaInfo: { UaHostId } }) {
    const { name } = await hostWith(call.store, UaHostId, 'pUaInfo.UaHostId')
    return change(call, agents => agents.register(name))
  },
})

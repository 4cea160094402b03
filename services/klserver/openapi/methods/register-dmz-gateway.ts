import * as v from 'valibot'
import { method } from '../method.ts'
import { change } from '../update-agent-info.ts'

export const registerDmzGateway = method({
  name: 'UaControl.RegisterDmzGateway',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about:
    'Registers a connection gateway that waits in a DMZ, by its address: this Server dials it, and keeps the signal connection',
  answer: '`{}`',
  assumed: 'the name of the field',
  args: v.object({ pCgInfo: v.object({ CgRemoteAddress: v.string() }) }),
  run: (call, { pCgInfo }) => change(call, agents => agents.registerDmz(pCgInfo.CgRemoteAddress)),
})

import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { LOCATION } from '../location.ts'
import { method } from '../method.ts'

/** A chain by way of several Servers or gateways is documented too; here the one place is a device of this Server. */
export const prepareGatewayConnection = method({
  name: 'GatewayConnection.PrepareGatewayConnection',
  fidelity: 'documented',
  about: 'A key for `Authorization: KSCGW`, which leads to that Network Agent; once, within 60 seconds',
  answer: '`wstrAuthKey`',
  assumed: 'one location; a chain is refused',
  args: v.object({
    pLocations: v.pipe(v.array(v.object({ [LOCATION]: v.string() })), v.minLength(1), v.maxLength(1)),
  }),
  async run({ gate, store, caller: { user } }, { pLocations: [location] }) {
    const { hostId } = await hostWith(store, location?.[LOCATION] ?? '', `pLocations.0.${LOCATION}`)
    return { wstrAuthKey: gate.keys.issue({ user, agent: hostId }) }
  },
})

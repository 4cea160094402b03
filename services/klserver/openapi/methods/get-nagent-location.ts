import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { LOCATION } from '../location.ts'
import { method } from '../method.ts'

export const getNagentLocation = method({
  name: 'CgwHelper.GetNagentLocation',
  fidelity: 'documented',
  about: 'Where the Network Agent of a host is, to be passed on as it is',
  answer: '`PxgRetVal`: a location',
  args: v.object({ wsHostName: v.string() }),
  async run({ store }, { wsHostName }) {
    const { hostId } = await hostWith(store, wsHostName, 'wsHostName')
    return { PxgRetVal: { [LOCATION]: hostId } }
  },
})

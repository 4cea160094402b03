import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const sendSyncPushMessage = method({
  name: 'PushServerOApi.SendSyncPushMessage',
  fidelity: 'documented',
  about: 'A push message to a device: synchronise',
  answer: '`PxgRetVal`: whether it was sent',
  assumed: 'by the push server of its zone, or the push service of a mobile device',
  args: v.object({ wstrHostId: v.string() }),
  run: async ({ store, sendPush }, { wstrHostId }) => ({
    PxgRetVal: await sendPush(await hostWith(store, wstrHostId, 'wstrHostId')),
  }),
})

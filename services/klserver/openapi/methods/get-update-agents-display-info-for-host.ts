import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { displayInfo } from '../update-agent-info.ts'

export const getUpdateAgentsDisplayInfoForHost = method({
  name: 'UaControl.GetUpdateAgentsDisplayInfoForHost',
  fidelity: 'documented',
  about: 'Those of a host',
  answer: '`pUaInfo`: as `pUasArr`',
  args: v.object({ wstrHostId: v.string() }),
  async run(call, { wstrHostId }) {
    const { name } = await hostWith(call.store, wstrHostId, 'wstrHostId')
    return { pUaInfo: await displayInfo(call, call.updateAgents()?.serving(name) ?? []) }
  },
})

import * as v from 'valibot'
import { method } from '../method.ts'
import { updateAgentWith } from '../update-agent-info.ts'

export const getUpdateAgentInfo = method({
  name: 'UaControl.GetUpdateAgentInfo',
  fidelity: 'documented',
  about: 'Settings of one',
  answer: '`pUaInfo`',
  args: v.object({ wstrUaHostId: v.string() }),
  run: async (call, { wstrUaHostId }) => ({ pUaInfo: await updateAgentWith(call, wstrUaHostId, 'wstrUaHostId') }),
})

import * as v from 'valibot'
import { method } from '../method.ts'
import { displayInfo } from '../update-agent-info.ts'

export const getUpdateAgentsList = method({
  name: 'UaControl.GetUpdateAgentsList',
  fidelity: 'documented',
  about: 'Distribution points and connection gateways that are registered',
  answer: '`pUasArr`: {`UaHostId`, `UaHostDisplayName`, `UaIsCg`}',
  args: v.object({}),
  run: async call => ({ pUasArr: await displayInfo(call) }),
})

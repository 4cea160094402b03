import * as v from 'valibot'
import { method } from '../method.ts'
import { PORTS } from '../update-agent-info.ts'

export const getDefaultUpdateAgentRegistrationInfo = method({
  name: 'UaControl.GetDefaultUpdateAgentRegistrationInfo',
  fidelity: 'documented',
  about: 'Settings to begin with',
  answer: '`pUaInfo`',
  args: v.object({}),
  run: () => ({ pUaInfo: { ...PORTS, UaIsCg: false } }),
})

import { requestActivation } from '../../../shared/activation/request-activation.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'

/** Arrow 5: an activation request to the activation proxy on 17000. */
export const activate = (agent: Agent): Exercise =>
  requestActivation({
    version: agent.settings.kscVersion,
    product: 'Kaspersky Endpoint Security',
    trust: () => agent.trustWithoutLearning,
  })

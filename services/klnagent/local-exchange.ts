import type { Logger } from 'pino'
import { answerPing } from '../../shared/net/answer-ping.ts'
import { type Handlers, SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Agent } from './agent.ts'

const handlers: Handlers<Agent> = {
  'status-request': (agent, { id, nonce }) => {
    const { lastSync } = agent.memory
    return { type: 'status', id, nonce, server: agent.server, ...(lastSync === null ? {} : { lastSync }) }
  },
  ping: answerPing,
}

/** Arrow 7: applications of the same device ask the agent; no port of the network is used. */
export const localExchange = (agent: Agent, log: Logger): SessionServer<Agent> =>
  new SessionServer<Agent>({
    roles: { 'local-application': handlers },
    welcome: async hello => ({
      welcome: {
        type: 'welcome',
        host: agent.host.name,
        version: agent.settings.kscVersion,
        nonce: hello.nonce,
        keep: 'not-asked',
      },
      context: agent,
    }),
    log,
  })

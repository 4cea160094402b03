import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Administration, AgentContext } from './administration.ts'
import { welcomeAgent } from './agent-port.ts'
import { event } from './handlers/event.ts'

/** 13294: UEFI protection devices, which report what happens before an operating system is there. */
export const uefiPort = (administration: Administration): SessionServer<AgentContext> =>
  new SessionServer<AgentContext>({
    roles: { 'uefi-device': { event, ping } },
    welcome: (hello, session) => welcomeAgent(administration, hello, session),
    helloTimeout: administration.settings.helloTimeout,
    readTimeout: administration.settings.readTimeout,
    log: administration.log,
  })

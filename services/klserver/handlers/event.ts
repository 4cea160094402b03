import type { Handler } from '../../../shared/net/serve-sessions.ts'
import { syslogSeverity } from '../../../shared/wire/syslog.ts'
import type { AgentContext } from '../administration.ts'

/** Events come as soon as they occur; one whose answer was lost comes again and is kept once. */
export const event: Handler<AgentContext, 'event'> = async ({ administration, agentId, name }, message) => {
  const { id, nonce, eventId, at, severity, kind, text } = message
  const { store, exporter } = administration
  const kept = await store.event({ agentId, id: eventId, at, severity, kind, text })
  if (kept === 'new')
    exporter?.take({
      ...{ severity: syslogSeverity(severity), at, host: name, process: 'klserver', kind, text },
      data: { device: name, event: eventId },
    })
  return { type: 'stored', id, nonce, eventId, known: kept === 'known' }
}

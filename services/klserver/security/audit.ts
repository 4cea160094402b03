import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Store } from '../store/index.ts'

export interface Audit {
  /** Somebody logged in, or was not let in. Never rejects: who may come in does not depend on it. */
  serverConnect(text: string): Promise<void>
}

/** Informational, as the vendor's list of events has it. */
const SEVERITY = 1

/** Events of the Server itself, read where those of devices are (topic 231374 names KLAUD_EV_SERVERCONNECT). */
export const auditTo = (store: Store, log: Logger, now: () => number): Audit => ({
  async serverConnect(text) {
    const event = { id: randomUUID(), at: now(), severity: SEVERITY, kind: 'KLAUD_EV_SERVERCONNECT', text } as const
    try {
      await store.serverEvent(event)
    } catch (error) {
      log.error({ err: error }, 'an audit event could not be kept')
    }
  },
})

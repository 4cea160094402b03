import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { IdleMap } from '../openapi/idle-map.ts'
import type { Store } from '../store/index.ts'

/** Who logged in, who was not let in, and who changed something. Nothing here rejects: whether somebody may come in does not depend on it. */
export interface Audit {
  loggedIn(user: string, address: string): Promise<void>
  refused(user: string, address: string, why: Why): Promise<void>
  tokenRefused(scheme: string, address: string): Promise<void>
  changed(event: ChangeEvent, by: Change): Promise<void>
  /** Told of once a minute for each address (assumed): whoever is not on the list comes again and again. */
  notAllowed(address: string): Promise<void>
}

/** By what a call of the OpenAPI is told. */
export type ChangeEvent = 'KLAUD_EV_OBJECTMODIFY' | 'KLAUD_EV_ADMGROUP_CHANGED' | 'KLAUD_EV_TASK_STATE_CHANGED'

export interface Change {
  user: string
  address: string
  method: string
  args: Readonly<Record<string, unknown>>
}

type Why = keyof typeof REASONS

const REASONS = {
  wrong: 'wrong name or password',
  blocked: 'the account is blocked after too many wrong passwords, for an hour',
  'wrong-code': 'wrong code of the second step',
  'second-step': 'it has a login in two steps, which this port does not know',
}
/** Informational, as the vendor's list of events has it. */
const SEVERITY = 1
/** ms, and addresses. */
const TOLD = 60_000
const TOLD_OF = 1_000

/** Events of the Server itself, read where those of devices are (topic 231374 names KLAUD_EV_SERVERCONNECT). */
export function auditTo(store: Store, log: Logger, now: () => number): Audit {
  const toldOf = new IdleMap<true>(TOLD_OF, now)
  const keep = async (kind: string, text: string) => {
    const event = { id: randomUUID(), at: now(), severity: SEVERITY, kind, text } as const
    try {
      await store.serverEvent(event)
    } catch (error) {
      log.error({ err: error }, 'an audit event could not be kept')
    }
  }
  const serverConnect = (text: string) => keep('KLAUD_EV_SERVERCONNECT', text)
  return {
    changed: (event, { user, address, method, args }) =>
      keep(event, `${quoted(user)} called ${method}${what(args)} from ${address}`),
    loggedIn: (user, address) => serverConnect(`${quoted(user)} logged in from ${address}`),
    refused: (user, address, why) => serverConnect(`${quoted(user)} was refused from ${address}: ${REASONS[why]}`),
    tokenRefused: (scheme, address) =>
      serverConnect(`a ${scheme} token that is not good, or no longer, was refused from ${address}`),
    async notAllowed(address) {
      if (toldOf.has(address)) return
      toldOf.set(address, true, TOLD)
      await serverConnect(`a connection from ${address} was refused: it is not on the list of allowed addresses`)
    },
  }
}

/** A name is what somebody typed. */
const quoted = (user: string) => JSON.stringify(user.slice(0, 64))

/** Which one: names and numbers, and not what is inside of maps. */
function what(args: Change['args']): string {
  const named = Object.entries(args).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return named.length === 0
    ? ''
    : ` (${named.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')})`.slice(0, 256)
}

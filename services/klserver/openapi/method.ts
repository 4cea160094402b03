import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import * as v from 'valibot'
import { sentence } from '../../../shared/wire/explain.ts'
import type { UpdateAgents } from '../gateways/update-agents.ts'
import type { Secondary } from '../secondaries.ts'
import type { Audit, ChangeEvent } from '../security/audit.ts'
import type { Device, Store } from '../store/index.ts'
import type { Accessors } from './accessors.ts'
import type { Actions } from './actions.ts'
import { badArgument } from './errors.ts'
import type { Files } from './files.ts'
import type { Caller, Gate } from './gate.ts'
import type { HostTaskLists } from './host-task-lists.ts'
import { type Fields, unwrap, type Value } from './types.ts'

/** What every method works with. */
export interface OpenApi {
  store: Store
  server: { name: string; version: string }
  log: Logger
  gate: Gate
  /** Names of the internal users, the administrator's first. */
  users: readonly string[]
  audit: Audit
  accessors: Accessors
  actions: Actions
  files: Files
  hostTasks: HostTaskLists
  /** A device has something to fetch. */
  pushNeeded: (device: Device) => void
  /** Calls a device; resolves when it has synchronised. */
  synchronise: (device: Device) => Promise<void>
  /** @returns whether a push message could be sent */
  sendPush: (device: Device) => Promise<boolean>
  secondaries: () => Secondary[]
  /** null: none are kept. */
  updateAgents: () => UpdateAgents | null
  /** ms since 1970 */
  now: () => number
}

/** One call, let in. */
export interface Call extends OpenApi {
  caller: Caller
  connection: Duplex
}

/** The answer's body: the return value, if there is one, and the out parameters. Maps at this level stand bare. */
export type Answer = { [name: string]: Value | Fields }

/** Behind a gateway connection calls are answered by a Network Agent, which has other interfaces (KSCAPI a00469). */
export type Place = 'agent' | 'anywhere'

/** What is known of a method: from the vendor's reference, read between its lines, or this lab's own. */
export type Fidelity = 'documented' | 'assumed' | 'lab'

interface About {
  /** `Class.Method`; case matters. */
  name: string
  fidelity: Fidelity
  /** One line, without a full stop. */
  about: string
  /** Markdown. */
  answer: string
  /** What of a documented method is not. */
  assumed?: string
  /** Takes a new login from `Authorization`, even where an old session is named too. */
  startsSession?: boolean
  /** The event that tells of a call which succeeded. */
  audit?: ChangeEvent
  /** Also for a login whose second step is still wanted. */
  beforeSecondStep?: boolean
  /** Where it is: on the Administration Server unless it says otherwise. */
  place?: Place
}

/** The arguments of a method, by name. */
export type Arguments = v.ObjectSchema<v.ObjectEntries, undefined>

export interface Method extends About {
  args: Arguments
  /** @throws PxgError */
  run(call: Call, args: Record<string, unknown>): Promise<Answer>
}

export function method<S extends v.ObjectEntries>(
  definition: About & {
    args: v.ObjectSchema<S, undefined>
    run: (call: Call, args: v.InferOutput<v.ObjectSchema<S, undefined>>) => Answer | Promise<Answer>
  },
): Method {
  const { run, ...rest } = definition
  return {
    ...rest,
    async run(call, given) {
      const args = liberal(given)
      const { success, issues, output } = v.safeParse(rest.args, args, { abortEarly: true })
      if (success) return run(call, output)
      throw badArgument(`${definition.name}: ${describe(issues[0])}`)
    },
  }
}

/** Clients send null for what they have no value for, and wrap what should stand bare. */
function liberal(given: Record<string, unknown>): Record<string, unknown> {
  try {
    const plain = Object.entries(given).map(([name, value]) => [name, unwrap(value)] as const)
    return Object.fromEntries(plain.filter(([, value]) => value !== null))
  } catch (error) {
    if (error instanceof RangeError) throw badArgument(error.message)
    throw error
  }
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? ''
  const found = issue.input === undefined ? '' : `, not ${JSON.stringify(issue.input)?.slice(0, 64)}`
  return `${path} ${sentence(issue)}${found}`
}

import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import type { Target } from '../shared/net/host.ts'
import type { GatewaySignal } from '../shared/wire/messages/list-devices.ts'

/** One exercise as `verify` asks a host for it. */
export interface ExerciseRequest {
  flow: string
  nonce: string
  to: Target
  servername: string
  /** ms for each step. */
  timeout: number
  /** ms for which a long-lived connection is held without a byte. */
  idle?: number
  /** The user's own box instead of the target's own place. */
  detour?: Endpoint
}

/** The hosts of a running lab as `verify` needs them: in this process, or over the management network. */
export interface Stage {
  /** Settles when the exercise is over, well or badly; what came of it is in the journal. Rejects when the host itself cannot be asked. */
  exercise(host: string, request: ExerciseRequest): Promise<void>
  /** @param since ms since the epoch */
  journal(host: string, since: number): Promise<Observation[]>
  /** Of the Administration Servers that run here. */
  signals?(): GatewaySignal[]
}

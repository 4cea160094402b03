/**
 * The commands of one device. A command stays until it was answered with Acknowledged, Error or CommandFormatError; one that
 * was answered NotNow is passed over until the device is idle again, or two of them would go round for ever. Pure.
 */
import type { Status } from '../../shared/mdm/protocol.ts'

export interface QueuedCommand {
  uuid: string
  requestType: string
  /** XML property list of the command, as it is sent. */
  payload: string
  queuedAt: string
  state: 'queued' | 'sent' | 'not-now' | 'acknowledged' | 'error' | 'format-error'
  answeredAt?: string
}

export interface Reported {
  commands: readonly QueuedCommand[]
  /** The command that is over now: its report is kept. */
  answered: QueuedCommand | null
  /** Must it be written down before it is answered? */
  durable: boolean
}

const FINAL = { Acknowledged: 'acknowledged', Error: 'error', CommandFormatError: 'format-error' } as const

export const isOpen = ({ state }: QueuedCommand): boolean =>
  state === 'queued' || state === 'sent' || state === 'not-now'

/** A report on a command that is not there, or was answered before, changes nothing: the same status may come twice. */
export function report(
  commands: readonly QueuedCommand[],
  status: Status,
  uuid: string | undefined,
  at: string,
): Reported {
  if (status === 'Idle') {
    const passedOver = commands.some(({ state }) => state === 'not-now')
    const again = (one: QueuedCommand): QueuedCommand => (one.state === 'not-now' ? { ...one, state: 'sent' } : one)
    return { commands: passedOver ? commands.map(again) : commands, answered: null, durable: false }
  }
  const found = commands.find(one => one.uuid === uuid && isOpen(one))
  if (!found) return { commands, answered: null, durable: false }
  const now: QueuedCommand =
    status === 'NotNow' ? { ...found, state: 'not-now' } : { ...found, state: FINAL[status], answeredAt: at }
  return {
    commands: commands.map(one => (one === found ? now : one)),
    answered: status === 'NotNow' ? null : now,
    durable: true,
  }
}

/** What goes out next, in the order in which it was queued. */
export const next = (commands: readonly QueuedCommand[]): QueuedCommand | undefined =>
  commands.find(({ state }) => state === 'queued' || state === 'sent')

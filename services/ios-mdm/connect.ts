import type { Status } from '../../shared/mdm/protocol.ts'
import type { Device } from './devices.ts'
import type { Identity } from './identify.ts'
import { next, report } from './queue.ts'
import { Refusal } from './refusal.ts'
import type { MdmServer } from './server.ts'
import { tiedDevice } from './tied-device.ts'

interface Reported {
  udid: string
  status: Status
  uuid: string | undefined
  identity: Identity
  /** The report as it came. */
  body: Buffer
}

/** Takes a report down, durably, and gives the next command as a property list, or null. */
export function connect({ devices, log }: MdmServer, { udid, status, uuid, identity, body }: Reported): Buffer | null {
  const device = tiedDevice(devices, udid, identity)
  if (device.state !== 'enrolled') throw new Refusal(400, 'not-enrolled', `${udid} has sent no TokenUpdate yet`)
  if (status !== 'Idle' && uuid === undefined)
    throw new Refusal(400, 'message', `report.CommandUUID: is missing; Status ${status} is an answer to a command`)
  devices.seen(udid)
  const { commands, answered, durable } = report(device.commands, status, uuid, new Date().toISOString())
  let now: Device = { ...device, commands }
  if (answered) {
    devices.keepAnswer(udid, answered.uuid, body)
    log.info(
      { udid, command: answered.uuid, type: answered.requestType, state: answered.state },
      'a command was answered',
    )
  } else if (status !== 'Idle' && !durable)
    log.info({ udid, command: uuid, status }, 'a report on a command that is not open; it changes nothing')
  if (durable) now = devices.keep(now)
  else if (commands !== device.commands) devices.note(now)
  const command = next(now.commands)
  if (!command) return null
  if (command.state === 'queued')
    devices.note({ ...now, commands: now.commands.map(one => (one === command ? { ...one, state: 'sent' } : one)) })
  return Buffer.from(command.payload)
}

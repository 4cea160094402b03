import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { printPlist, readDictionary } from '../../../shared/mdm/plist.ts'
import { asJson, type Plist, PlistError, type PlistObject } from '../../../shared/mdm/plist-value.ts'
import type { Device } from '../devices.ts'
import { isOpen, type QueuedCommand } from '../queue.ts'
import { Refusal } from '../refusal.ts'
import type { MdmServer } from '../server.ts'
import { deviceOf } from './api-devices.ts'

/** Waiting for one device (assumed). */
const MOST_OPEN = 200
/** A command with a profile or a package manifest inside (assumed). */
const LARGEST = 512 * 1024

interface ByUdid {
  Params: { udid: string }
}
interface ByCommand {
  Params: { udid: string; command: string }
}

/** `POST` and `GET /api/devices/UDID/commands`, `GET` and `DELETE /api/devices/UDID/commands/COMMAND`. */
export function commands(app: FastifyInstance, server: MdmServer): void {
  const { devices } = server

  app.post<ByUdid>('/devices/:udid/commands', { bodyLimit: LARGEST }, async (request, reply) => {
    const device = deviceOf(server, request.params.udid)
    const queued = queuedCommand(commandIn(request.body))
    if (device.state === 'left') throw new Refusal(409, 'left', `${device.udid} has left the management`)
    if (device.commands.filter(isOpen).length >= MOST_OPEN)
      throw new Refusal(429, 'queue-full', `${MOST_OPEN} commands wait for ${device.udid} already`)
    server.push(devices.keep({ ...device, commands: [...device.commands, queued] }))
    const { payload: _payload, ...shown } = queued
    return reply.code(201).send(shown)
  })

  app.get<ByUdid>('/devices/:udid/commands', async request =>
    deviceOf(server, request.params.udid).commands.map(({ payload: _payload, ...shown }) => shown),
  )

  app.get<ByCommand>('/devices/:udid/commands/:command', async request => {
    const device = deviceOf(server, request.params.udid)
    const { payload, ...shown } = commandOf(device, request.params.command)
    const answer = devices.answer(device.udid, shown.uuid)
    return {
      ...shown,
      command: asJson(readDictionary(Buffer.from(payload)).Command ?? {}),
      answer: answer === null ? null : asJson(readDictionary(answer)),
    }
  })

  app.delete<ByCommand>('/devices/:udid/commands/:command', async (request, reply) => {
    const device = deviceOf(server, request.params.udid)
    const command = commandOf(device, request.params.command)
    if (!isOpen(command)) throw new Refusal(409, 'answered', `${command.uuid} was answered already`)
    devices.keep({ ...device, commands: device.commands.filter(one => one !== command) })
    return reply.code(204).send()
  })
}

function commandOf({ udid, commands }: Device, uuid: string): QueuedCommand {
  const found = commands.find(one => one.uuid === uuid)
  if (!found) throw new Refusal(404, 'no-command', `no command ${JSON.stringify(uuid)} of ${udid}`)
  return found
}

function queuedCommand(command: PlistObject): QueuedCommand {
  const { RequestType } = command
  if (typeof RequestType !== 'string' || RequestType === '')
    throw new Refusal(
      400,
      'command',
      'the command needs a RequestType, for example {"RequestType": "DeviceInformation"}',
    )
  const uuid = randomUUID().toUpperCase()
  try {
    const payload = printPlist({ CommandUUID: uuid, Command: command }).toString()
    // What we would not read ourselves is not sent: a device would answer CommandFormatError, or nothing.
    readDictionary(Buffer.from(payload))
    return { uuid, requestType: RequestType, payload, queuedAt: new Date().toISOString(), state: 'queued' }
  } catch (error) {
    throw new Refusal(400, 'command', `the command is no property list: ${(error as Error).message}`)
  }
}

/** JSON, or an XML property list where it holds data or dates. @throws Refusal 400 */
function commandIn(body: unknown): PlistObject {
  if (Buffer.isBuffer(body))
    try {
      return readDictionary(body)
    } catch (error) {
      if (error instanceof PlistError) throw new Refusal(400, 'command', error.message)
      throw error
    }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'command', 'a JSON object is expected, or an XML property list with its Content-Type')
  return fromJson(body, 'command', 0) as PlistObject
}

function fromJson(value: unknown, at: string, depth: number): Plist {
  if (depth > 32) throw new Refusal(400, 'command', `${at}: nested deeper than 32 levels`)
  if (Array.isArray(value)) return value.map((one, index) => fromJson(one, `${at}.${index}`, depth + 1))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, fromJson(one, `${at}.${key}`, depth + 1)]),
    )
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new Refusal(400, 'command', `${at}: a property list has no null`)
}

import type { FastifyInstance } from 'fastify'
import type { Device, Devices } from '../devices.ts'
import { isOpen } from '../queue.ts'
import { Refusal } from '../refusal.ts'
import type { MdmServer } from '../server.ts'

const shown = (device: Device, devices: Devices) => ({
  udid: device.udid,
  state: device.state,
  enrolledAt: device.enrolledAt,
  lastSeen: devices.lastSeen(device.udid),
  certificate: device.certificate,
  facts: device.facts,
  push:
    device.push === null
      ? null
      : { token: Buffer.from(device.push.token, 'base64').toString('hex'), magic: device.push.magic },
  openCommands: device.commands.filter(isOpen).length,
})

/** @throws Refusal 404 */
export function deviceOf({ devices }: MdmServer, udid: string): Device {
  const device = devices.find(udid)
  if (!device) throw new Refusal(404, 'no-device', `no device ${JSON.stringify(udid)}; GET /api/devices lists them`)
  return device
}

interface ByUdid {
  Params: { udid: string }
}

/** `GET /api/devices`, `GET /api/devices/UDID`, `POST /api/devices/UDID/push`. */
export function devices(app: FastifyInstance, server: MdmServer): void {
  app.get('/devices', async () => server.devices.all().map(device => shown(device, server.devices)))
  app.get<ByUdid>('/devices/:udid', async request => shown(deviceOf(server, request.params.udid), server.devices))
  app.post<ByUdid>('/devices/:udid/push', async (request, reply) => {
    const device = deviceOf(server, request.params.udid)
    if (device.push === null)
      throw new Refusal(409, 'no-token', `${device.udid} has no push token: it is ${device.state}`)
    server.push(device)
    return reply.code(202).send({ asked: true })
  })
}

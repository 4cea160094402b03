import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { NetError } from '../../shared/net/errors.ts'
import type { Session } from '../../shared/net/session.ts'
import type { Administration } from './administration.ts'
import { sealWakeUp } from './seal-wake-up.ts'
import type { Device } from './store/index.ts'

/** ms that a called device has for its synchronisation, for each way by which it is called (assumed). */
const PATIENCE = 5_000

/**
 * Forced synchronisation: a mobile device is called by its push service, another one by the push server of its zone
 * (topic 214620), else with a datagram to UDP 15000 (topic 92537). Resolves when it has synchronised.
 */
export async function callDevice(administration: Administration, device: Device, stopping: AbortSignal): Promise<void> {
  const tried: string[] = []
  for (const { name, call } of await waysTo(administration, device)) {
    const patience = AbortSignal.timeout(PATIENCE)
    const come = once(administration.synchronised, device.agentId, { signal: AbortSignal.any([patience, stopping]) })
    try {
      await Promise.all([come, call()])
      return
    } catch (error) {
      come.catch(() => {})
      if (stopping.aborted) throw new NetError('STOPPING', 'the Administration Server is being stopped')
      tried.push(`${name}: ${patience.aborted ? 'called, and it did not come' : (error as Error).message}`)
    }
  }
  throw new NetError(
    'not-called',
    `${device.displayName} has not synchronised (${tried.join('; ') || 'it has told no push service where to reach it'})`,
  )
}

interface Way {
  name: string
  call: () => Promise<void> | void
}

async function waysTo(administration: Administration, device: Device): Promise<Way[]> {
  const { host } = administration
  const push = await pushWay(administration, device)
  const ways = push ? [push] : []
  if (device.mobile) return ways
  return [
    ...ways,
    {
      name: 'UDP 15000',
      async call() {
        const nonce = randomUUID()
        const peer = await host.udpTo({ host: device.name, port: 15000 })
        try {
          await peer.send(sealWakeUp(administration, device.name, nonce))
          peer.observe({ what: 'request-sent', detail: { nonce } })
        } finally {
          peer.close()
        }
      },
    },
  ]
}

/** Whether a push message could be sent to it: by a push service, or by the push server of its zone. */
export async function sendPush(administration: Administration, device: Device): Promise<boolean> {
  const way = await pushWay(administration, device)
  await way?.call()
  return way !== undefined
}

async function pushWay(administration: Administration, device: Device): Promise<Way | undefined> {
  const { agentId, mobile, push } = device
  if (mobile) return push ? { name: 'push service', call: () => administration.pushNeeded(device) } : undefined
  const point = await pushServerFor(administration, device)
  return point && { name: 'push server', call: () => point.send({ type: 'push', nonce: randomUUID(), agentId }) }
}

/** The connection that the point of its zone and this Server keep: the point's own, or the signal connection to a gateway. */
async function pushServerFor(
  { store, kept, updateAgents }: Administration,
  { name }: Device,
): Promise<Session | undefined> {
  const [point] = updateAgents?.serving(name) ?? []
  if (point === undefined) return undefined
  const sessions = (await store.named(point)).map(({ agentId }) => kept.get(agentId))
  return sessions.find(session => session !== undefined) ?? updateAgents?.signalTo(point) ?? undefined
}

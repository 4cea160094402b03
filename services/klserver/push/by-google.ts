import type { Logger } from 'pino'
import { Deliveries } from '../../../shared/push/deliveries.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { PushNeeded } from '../administration.ts'
import type { Device, Store } from '../store/index.ts'
import { type Fcm, FcmAnswer } from './fcm.ts'

interface Parts {
  store: Store
  log: Logger
  random: () => number
  signal: AbortSignal
}

const tokenOf = (device: Device | undefined): string | null => (device?.push?.kind === 'fcm' ? device.push.token : null)

/** Wakes Android devices, and asks again where Google cannot be reached or wants a pause. */
export function wakeBy(fcm: Fcm, { store, log, random, signal }: Parts): PushNeeded {
  const once = async (agentId: string): Promise<'over' | 'later'> => {
    const token = tokenOf(await store.byAgent(agentId))
    if (token === null) return 'over'
    try {
      await fcm.wake(token, { wake: 'sync' })
      log.info({ device: agentId }, 'a push was taken')
      return 'over'
    } catch (error) {
      log.warn(
        { device: agentId, reason: (error as Error).message },
        'a push was not taken; the device comes at its interval',
      )
      if (!(error instanceof FcmAnswer)) return 'later'
      return error.status >= 500 || error.status === 429 ? 'later' : 'over'
    }
  }
  const deliveries = new Deliveries(once, { log, random, signal })
  return async ({ agentId }) => deliveries.ask(agentId)
}

/** Arrow 10, for a phone of this Server where it has one. */
export const askGoogle =
  (fcm: Fcm, store: Store): Exercise =>
  async (host, task) => {
    const token = (await store.devices()).map(tokenOf).find(one => one !== null)
    await fcm.exercise(host, task, token ?? undefined)
  }

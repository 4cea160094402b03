import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { SendPush } from '../../../shared/mdm/protocol.ts'
import { backOff } from '../../../shared/net/back-off.ts'
import type { Device, Devices } from '../devices.ts'
import { ApnsAnswer } from './apns.ts'

/** ms, at most between two tries (assumed). */
const LONGEST_PAUSE = 60_000

interface DeliveriesParts {
  send: SendPush
  devices: Devices
  topic: string
  log: Logger
  random: () => number
}

/** Asks for pushes until they are taken: once for each device, however often they were wanted meanwhile. */
export class Deliveries {
  readonly #parts: DeliveriesParts
  /** By device: is another one wanted after the one under way? */
  readonly #busy = new Map<string, { again: boolean }>()
  readonly #stop = new AbortController()

  constructor(parts: DeliveriesParts) {
    this.#parts = parts
  }

  ask({ udid }: Pick<Device, 'udid'>): void {
    const busy = this.#busy.get(udid)
    if (busy) {
      busy.again = true
      return
    }
    const work = { again: false }
    this.#busy.set(udid, work)
    void this.#deliver(udid, work).finally(() => this.#busy.delete(udid))
  }

  stop(): void {
    this.#stop.abort()
  }

  async #deliver(udid: string, work: { again: boolean }): Promise<void> {
    const { log, random } = this.#parts
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; ) {
      work.again = false
      const outcome = await this.#once(udid)
      if (outcome === 'later') {
        const pause = backOff(++failures, LONGEST_PAUSE, random)
        log.info({ udid, pause: Math.round(pause) }, 'the push is asked for again')
        await sleep(pause, null, { signal }).catch(() => {})
      } else if (!work.again) return
    }
  }

  async #once(udid: string): Promise<'over' | 'later'> {
    const { send, devices, topic, log } = this.#parts
    const device = devices.find(udid)
    if (device?.state !== 'enrolled' || device.push === null) return 'over'
    try {
      await send({ udid, token: Buffer.from(device.push.token, 'base64'), magic: device.push.magic, topic })
      log.info({ udid }, 'a push was taken')
      return 'over'
    } catch (error) {
      log.warn({ udid, reason: (error as Error).message }, 'a push was not taken; the device comes when it comes')
      if (!(error instanceof ApnsAnswer)) return 'later'
      // The token is nobody's any more: the next TokenUpdate brings another.
      if (error.status === 410) devices.keep({ ...device, push: null })
      // "Don't retry" but where APNs itself is in trouble or wants a pause.
      return error.status >= 500 || error.status === 429 ? 'later' : 'over'
    }
  }
}

/** What a push service knows of its devices: token, applications, and what waits for them. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { replaceFile } from '../files.ts'

const Text = v.string()
const Notice = v.object({
  id: Text,
  topic: Text,
  payload: Text,
  /** ms since the epoch; 0: now or never. */
  expires: v.number(),
  /** A newer one with the same takes its place. */
  collapse: v.nullable(Text),
})
export type Notice = v.InferOutput<typeof Notice>

const Kept = v.object({
  /** The device's secret. */
  device: Text,
  token: Text,
  topics: v.array(Text),
  /** Applications that were taken off, and when (ms since the epoch). */
  left: v.record(Text, v.number()),
  pending: v.array(Notice),
})
export type PushDevice = v.InferOutput<typeof Kept>
const File = v.object({
  schema: v.literal('ksc-lab/push-devices@1'),
  devices: v.array(Kept),
  retired: v.record(Text, v.number()),
})

/** Of one service: whoever can reach it can register. */
const MOST_DEVICES = 100_000
/** ms: a herd that comes at once is written down once. A device that a crash forgets has another token, and tells it. */
const WRITTEN_AFTER = 100

export class PushDevices {
  readonly #file: string
  readonly #devices = new Map<string, PushDevice>()
  readonly #byToken = new Map<string, PushDevice>()
  readonly #retired = new Map<string, number>()
  readonly #newToken: () => string
  #writing: NodeJS.Timeout | undefined

  /** A file that cannot be read is kept aside; its devices come for new tokens. */
  constructor(folder: string, newToken: () => string, notice: (sentence: string) => void) {
    this.#file = join(folder, 'devices.json')
    this.#newToken = newToken
    if (!existsSync(this.#file)) return
    try {
      const { devices, retired } = v.parse(File, JSON.parse(readFileSync(this.#file, 'utf8')))
      for (const device of devices) this.#remember(device)
      for (const [token, at] of Object.entries(retired)) this.#retired.set(token, at)
    } catch (error) {
      const aside = `${this.#file}.unreadable-${Date.now()}`
      renameSync(this.#file, aside)
      notice(`${this.#file} cannot be read (${(error as Error).message}); it is kept as ${aside}`)
    }
  }

  byToken(token: string): PushDevice | undefined {
    return this.#byToken.get(token)
  }

  /** The device as it has come; null where there is no room for another one. */
  connected(device: string, topics: readonly string[]): PushDevice | null {
    const known = this.#devices.get(device)
    if (!known && this.#devices.size >= MOST_DEVICES) return null
    const { token = this.#newToken(), left = {}, pending = [] } = known ?? {}
    return this.keep({ device, token, topics: [...topics], left: without(left, topics), pending })
  }

  /** The application is on the device no more. */
  unregister(device: PushDevice, topic: string): void {
    this.keep({
      ...device,
      topics: device.topics.filter(one => one !== topic),
      left: { ...device.left, [topic]: Date.now() },
      pending: device.pending.filter(one => one.topic !== topic),
    })
  }

  /** The token is nobody's from now on; the device comes for another one. */
  retire({ device, token }: PushDevice): void {
    this.#devices.delete(device)
    this.#byToken.delete(token)
    this.#retired.set(token, Date.now())
    this.#writeSoon()
  }

  /** ms since the epoch; undefined where it never was one. */
  retiredAt(token: string): number | undefined {
    return this.#retired.get(token)
  }

  keep(device: PushDevice): PushDevice {
    this.#remember(device)
    this.#writeSoon()
    return device
  }

  /** By the device's secret, as it is now. */
  find(device: string): PushDevice | undefined {
    return this.#devices.get(device)
  }

  flush(): void {
    if (this.#writing === undefined) return
    clearTimeout(this.#writing)
    this.#writing = undefined
    const [devices, retired] = [[...this.#devices.values()], Object.fromEntries(this.#retired)]
    replaceFile(this.#file, JSON.stringify({ schema: 'ksc-lab/push-devices@1', devices, retired }))
  }

  #writeSoon(): void {
    this.#writing ??= setTimeout(() => this.flush(), WRITTEN_AFTER)
  }

  #remember(device: PushDevice): void {
    this.#devices.set(device.device, device)
    this.#byToken.set(device.token, device)
  }
}

const without = (left: PushDevice['left'], topics: readonly string[]): PushDevice['left'] =>
  Object.fromEntries(Object.entries(left).filter(([topic]) => !topics.includes(topic)))

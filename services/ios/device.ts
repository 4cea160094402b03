/**
 * An iOS device under management. It comes when it is called by push, works through what the server has for it, keeps a report
 * until the server has taken it, and leaves the management when the server says that it is not one of its devices.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { printPlist, readDictionary } from '../../shared/mdm/plist.ts'
import type { PlistObject } from '../../shared/mdm/plist-value.ts'
import { CHECKIN_TYPE, type Status } from '../../shared/mdm/protocol.ts'
import { backOff } from '../../shared/net/back-off.ts'
import { carryOut } from './commands/index.ts'
import { fetchProfile, type MdmConnection, mdmConnection, Unmanaged, type Way } from './mdm-connection.ts'
import type { IosMemory, Management } from './memory.ts'
import { readProfile } from './profile.ts'

/** ms, at most between two tries (assumed). */
const LONGEST_PAUSE = 60_000
/** ms until the person at the device unlocks it (assumed). */
const UNLOCKED_AFTER = 30_000
/** Of one session: a server that never runs out of commands is left alone until the next call (assumed). */
const MOST_COMMANDS = 1_000

interface DeviceParts {
  memory: IosMemory
  /** The device's own way, for whatever no exercise asks for. */
  way: Omit<Way, 'signal'>
  /** PEM of the authority that signs profiles and is trusted before there is one. */
  authority: string
  /** What the person at the device was told. */
  password: { user: string; password: string }
  log: Logger
  random: () => number
  /** It is under another management now, or under none: the topic that it had. */
  managementChanged?: (former: string | null) => void
}

export class IosDevice {
  readonly #parts: DeviceParts
  #wanted: 'enrolment' | 'session' | null = null
  #background: { over: Promise<void>; stop: AbortController } | null = null
  #exercising = 0
  #stopped = false
  #locked = false
  #unlocking: NodeJS.Timeout | undefined
  #lastStatus: Status = 'Idle'

  constructor(parts: DeviceParts) {
    this.#parts = parts
  }

  get enrolled(): boolean {
    return this.#parts.memory.now.management?.stage === 'complete'
  }
  get locked(): boolean {
    return this.#locked
  }
  get udid(): string {
    return this.#parts.memory.now.udid
  }
  /** Of its management, by which it is called. */
  get topic(): string | null {
    return this.#parts.memory.now.management?.topic ?? null
  }
  /** Base64; what this device tells the server in TokenUpdate. */
  get token(): string {
    return this.#parts.memory.now.token
  }

  /** A person installs the profile now, or as soon as the server can be reached. */
  enrolInBackground(): void {
    if (!this.enrolled) this.#want('enrolment')
  }

  /** A push came. One with another magic is not for this management, and nothing comes of it. */
  calledByPush(magic: string): void {
    if (this.enrolled && magic === this.#parts.memory.now.management?.magic) this.#want('session')
  }

  /** APNs has given out another token: the server is told with the next session. */
  async tokenChanged(token: Uint8Array): Promise<void> {
    const { memory } = this.#parts
    const text = Buffer.from(token).toString('base64')
    if (memory.now.token === text) return
    const { management } = memory.now
    memory.change({
      token: text,
      management: management?.stage === 'complete' ? { ...management, stage: 'authenticated' } : management,
    })
    if (management) this.#want('enrolment')
  }

  /** Until its user unlocks it. */
  lock(): void {
    this.#locked = true
    clearTimeout(this.#unlocking)
    this.#unlocking = setTimeout(() => this.unlock(), UNLOCKED_AFTER)
    this.#unlocking.unref()
  }

  /** The server is asked again for what was refused with NotNow, where that was the last word. */
  unlock(): void {
    clearTimeout(this.#unlocking)
    this.#locked = false
    if (this.#lastStatus === 'NotNow' && this.enrolled) this.#want('session')
  }

  /** One piece of work on a way that somebody else has chosen; what runs in the background waits meanwhile. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.#exercising++
    try {
      this.#background?.stop.abort(new Error('an exercise comes first'))
      await this.#background?.over
      return await work()
    } finally {
      this.#exercising--
      this.#goOn()
    }
  }

  /** Profile, Authenticate, TokenUpdate. Goes on where an earlier try was interrupted. */
  async enrol(way: Way): Promise<void> {
    const { memory, authority, password, log } = this.#parts
    if (memory.now.management === null) {
      const taken = await readProfile(await fetchProfile(way, authority, password), authority)
      memory.change({ management: { ...taken, magic: randomUUID().toUpperCase(), stage: 'profile' }, report: null })
      this.#parts.managementChanged?.(null)
    }
    await this.#managed(async management => {
      await using connection = mdmConnection(management, way)
      const { udid, token, serialNumber } = memory.now
      const tell = (message: PlistObject) =>
        connection.put(
          management.checkInUrl,
          CHECKIN_TYPE,
          printPlist({ UDID: udid, Topic: management.topic, ...message }),
        )
      if (management.stage === 'profile') {
        await tell({
          MessageType: 'Authenticate',
          OSVersion: '18.2',
          BuildVersion: '22C152',
          ProductName: 'iPhone17,1',
          SerialNumber: serialNumber,
        })
        memory.change({ management: { ...management, stage: 'authenticated' } })
      }
      await tell({
        MessageType: 'TokenUpdate',
        Token: new Uint8Array(Buffer.from(token, 'base64')),
        PushMagic: management.magic,
        AwaitingConfiguration: false,
      })
      // Another token has come meanwhile: it is told next.
      const stage = memory.now.token === token ? 'complete' : 'authenticated'
      memory.change({ management: { ...management, stage } })
      log.info({ udid }, 'under management')
    })
  }

  /** Comes with a kept report or with Idle, and goes on until the server has nothing more. Gives how many commands came. */
  async session(way: Way): Promise<number> {
    return this.#managed(async management => {
      await using connection = mdmConnection(management, way)
      let answer = await this.#report(connection, management, this.#kept() ?? this.#idle())
      let commands = 0
      for (; answer.length > 0 && commands < MOST_COMMANDS; commands++) {
        const { status, report } = await this.#obey(answer)
        this.#lastStatus = status
        answer = await this.#report(connection, management, printPlist(report))
      }
      return commands
    })
  }

  /** One report, kept until it was taken. */
  async deliver(way: Way, report: PlistObject, nonce: string): Promise<void> {
    await this.#managed(async management => {
      await using connection = mdmConnection(management, way)
      await connection.put(management.serverUrl, null, printPlist({ UDID: this.udid, ...report }), nonce)
    })
  }

  /** The profile is removed. The server is told where it can be: nobody may count on that. */
  async leave(): Promise<void> {
    const { memory, way, log } = this.#parts
    const { management } = memory.now
    if (!management) return
    await this.exclusively(async () => {
      this.#unmanaged(management)
      await using connection = mdmConnection(management, { ...way, signal: new AbortController().signal })
      const message = printPlist({ MessageType: 'CheckOut', UDID: this.udid, Topic: management.topic })
      await connection.put(management.checkInUrl, CHECKIN_TYPE, message).catch((error: Error) => {
        log.info({ udid: this.udid, reason: error.message }, 'the server does not know that the device has left')
      })
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#unlocking)
    this.#background?.stop.abort(new Error('the device is switched off'))
    await this.#background?.over
  }

  async #managed<T>(work: (management: Management) => Promise<T>): Promise<T> {
    const { memory, log } = this.#parts
    const { management } = memory.now
    if (!management) throw new Error(`${this.udid} is under no management`)
    try {
      return await work(management)
    } catch (error) {
      if (error instanceof Unmanaged) {
        this.#unmanaged(management)
        log.warn({ udid: this.udid, reason: error.message }, 'the device has left the management')
      }
      throw error
    }
  }

  #unmanaged({ topic }: Management): void {
    this.#parts.memory.change({ management: null, report: null, profiles: [] })
    this.#parts.managementChanged?.(topic)
  }

  #idle(): Buffer {
    this.#lastStatus = 'Idle'
    return printPlist({ UDID: this.udid, Status: 'Idle' })
  }

  #kept(): Buffer | null {
    const { report } = this.#parts.memory.now
    return report === null ? null : Buffer.from(report, 'base64')
  }

  async #report(connection: MdmConnection, { serverUrl }: Management, report: Buffer): Promise<Buffer> {
    const { memory } = this.#parts
    memory.change({ report: report.toString('base64') })
    const answer = await connection.put(serverUrl, null, report)
    memory.change({ report: null })
    return answer
  }

  async #obey(answer: Buffer): Promise<{ status: Status; report: PlistObject }> {
    let command: PlistObject = {}
    try {
      command = readDictionary(answer)
    } catch (error) {
      this.#parts.log.warn({ reason: (error as Error).message }, 'a command that is no property list')
    }
    return carryOut(command, this.#locked, { memory: this.#parts.memory, lock: () => this.lock() })
  }

  #want(work: 'enrolment' | 'session'): void {
    this.#wanted = this.#wanted === 'enrolment' ? 'enrolment' : work
    this.#goOn()
  }

  #goOn(): void {
    if (this.#background || this.#stopped || this.#exercising > 0 || this.#wanted === null) return
    const stop = new AbortController()
    const over = this.#work(stop.signal).finally(() => {
      this.#background = null
      if (!stop.signal.aborted) this.#goOn()
    })
    this.#background = { over, stop }
  }

  /** Tries until it is done; every try longer after the last. */
  async #work(signal: AbortSignal): Promise<void> {
    const { way, log, random } = this.#parts
    for (let failures = 0; !signal.aborted && this.#wanted !== null; ) {
      const work = this.#wanted
      this.#wanted = null
      try {
        if (work === 'enrolment') {
          if (!this.enrolled) await this.enrol({ ...way, signal })
        } else if (this.enrolled) await this.session({ ...way, signal })
      } catch (error) {
        if (error instanceof Unmanaged) return
        this.#wanted ??= work
        if (signal.aborted) return
        const pause = backOff(++failures, LONGEST_PAUSE, random)
        log.info({ udid: this.udid, work, reason: (error as Error).message, pause: Math.round(pause) }, 'tried in vain')
        await sleep(pause, null, { signal }).catch(() => {})
      }
    }
  }
}

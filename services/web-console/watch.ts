import type { WebSocket } from 'ws'
import { saysSessionEnded } from './console-session.ts'
import type { Device } from './device.ts'

interface WatchOptions {
  look: () => Promise<Device[]>
  /** A failure in one line. */
  describe: (error: unknown) => string
  /** ms between two looks. */
  interval: number
  onSessionEnded: () => void
}

/** The open pages of one console session. While there are any it looks at the devices, and tells them what is new. */
export class Watch {
  readonly #options: WatchOptions
  readonly #pages = new Set<WebSocket>()
  #looking = false
  #timer: NodeJS.Timeout | undefined
  #told: string | null = null

  constructor(options: WatchOptions) {
    this.#options = options
  }

  add(page: WebSocket): void {
    this.#pages.add(page)
    page.once('close', () => this.#remove(page))
    if (this.#told !== null) page.send(this.#told)
    if (!this.#looking && this.#timer === undefined) void this.#look()
  }

  close(code: number, reason: string): void {
    for (const page of this.#pages) page.close(code, reason)
  }

  #remove(page: WebSocket): void {
    this.#pages.delete(page)
    if (this.#pages.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#told = null
  }

  async #look(): Promise<void> {
    this.#looking = true
    this.#timer = undefined
    try {
      this.#tell(JSON.stringify({ devices: await this.#options.look() }))
    } catch (error) {
      if (saysSessionEnded(error)) this.#options.onSessionEnded()
      else this.#tell(JSON.stringify({ error: this.#options.describe(error) }))
    }
    this.#looking = false
    if (this.#pages.size > 0) this.#timer = setTimeout(() => void this.#look(), this.#options.interval)
  }

  #tell(message: string): void {
    if (message !== this.#told) for (const page of this.#pages) page.send(message)
    // A proxy that counts idle time must not cut a page on which nothing changes.
    else for (const page of this.#pages) page.ping()
    this.#told = this.#pages.size > 0 ? message : null
  }
}

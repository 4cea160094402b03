import { randomBytes } from 'node:crypto'
import type { HttpClient } from '../../shared/http/client.ts'
import { type Account, startSession } from './administration-server.ts'
import { ConsoleSession } from './console-session.ts'
import { KeptConnection } from './kept-connection.ts'

/** A lab has a handful of users; beyond this the one unused for longest is logged out. */
const LIMIT = 100
/** ms without a request or an open page, and since the login. */
const IDLE = 30 * 60_000
const LIFETIME = 12 * 3_600_000
const SWEEP = 60_000

interface SessionsOptions {
  /** Opens a connection to the OpenAPI; the first request dials. */
  connect: () => HttpClient
  now?: () => number
  limit?: number
}

/** Who is logged in, by the random id in the browser's cookie. */
export class Sessions {
  readonly #open = new Map<string, ConsoleSession>()
  readonly #connect: () => HttpClient
  readonly #now: () => number
  readonly #limit: number
  readonly #sweeper: NodeJS.Timeout

  constructor({ connect, now = Date.now, limit = LIMIT }: SessionsOptions) {
    this.#connect = connect
    this.#now = now
    this.#limit = limit
    this.#sweeper = setInterval(() => this.sweep(), SWEEP).unref()
  }

  /** Logs in at the Administration Server; every failure rejects. @returns the id for the cookie. */
  async login(account: Account): Promise<string> {
    const connection = new KeptConnection(this.#connect)
    const openApiSession = await connection.use(client => startSession(client, account))
    const id = randomBytes(32).toString('base64url')
    this.#open.set(id, new ConsoleSession(account.user, openApiSession, connection, this.#now()))
    if (this.#open.size > this.#limit) {
      const [oldest] = [...this.#open].sort(([, a], [, b]) => a.usedAt - b.usedAt)
      if (oldest) void this.end(oldest[0])
    }
    return id
  }

  find(id: string | null): ConsoleSession | null {
    this.sweep()
    const session = id === null ? undefined : this.#open.get(id)
    if (!session) return null
    this.touch(session)
    return session
  }

  touch(session: ConsoleSession): void {
    session.usedAt = this.#now()
  }

  async end(id: string | null): Promise<void> {
    const session = id === null ? undefined : this.#open.get(id)
    if (id !== null) this.#open.delete(id)
    await session?.end()
  }

  sweep(): void {
    const now = this.#now()
    for (const [id, { usedAt, startedAt }] of this.#open)
      if (now - usedAt > IDLE || now - startedAt > LIFETIME) void this.end(id)
  }

  async endAll(): Promise<void> {
    clearInterval(this.#sweeper)
    await Promise.all([...this.#open.keys()].map(id => this.end(id)))
  }
}

import type { HttpClient } from '../../shared/http/client.ts'
import { NetError } from '../../shared/net/errors.ts'
import { endSession, findDevices } from './administration-server.ts'
import type { Device } from './device.ts'
import type { KeptConnection } from './kept-connection.ts'
import { FORBIDDEN, NOT_AUTHENTICATED } from './open-api.ts'

/** One login: an OpenAPI session, which never leaves this server, and the connection it is used on. */
export class ConsoleSession {
  readonly user: string
  readonly startedAt: number
  /** ms since the epoch of its last use. */
  usedAt: number
  /** Settles once, when the session is over. */
  readonly over: Promise<void>
  readonly #connection: KeptConnection
  readonly #openApiSession: string
  readonly #gone = Promise.withResolvers<void>()
  #ending: Promise<void> | null = null

  constructor(user: string, openApiSession: string, connection: KeptConnection, now: number) {
    this.user = user
    this.#openApiSession = openApiSession
    this.#connection = connection
    this.startedAt = now
    this.usedAt = now
    this.over = this.#gone.promise
  }

  devices(): Promise<Device[]> {
    return this.#connection.use(client => findDevices(client, this.#openApiSession))
  }

  /** Idempotent. The Administration Server is told if it can be reached; it ends a forgotten session by itself. */
  end(): Promise<void> {
    const end = (client: HttpClient) => endSession(client, this.#openApiSession)
    this.#ending ??= this.#connection
      .use(end)
      .catch(() => {})
      .then(() => this.#connection.close())
    this.#gone.resolve()
    return this.#ending
  }
}

/** Does this failure of a call mean that the Administration Server knows the session no more? */
export const saysSessionEnded = (error: unknown): boolean =>
  error instanceof NetError && (error.code === FORBIDDEN || error.code === NOT_AUTHENTICATED)

/** Who may call: a session id, a login of this connection, or credentials with the call itself. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { type Login, readAuthorization } from './authorization.ts'
import { authenticationFailure, Refusal } from './errors.ts'
import { Sessions } from './sessions.ts'

export interface Caller {
  user: string
  /** Absent where the caller came by the login of the connection, or with credentials. */
  session?: string
}

/** What of a request tells who calls. */
export interface Credentials {
  /** `Authorization` */
  authorization: string | undefined
  /** `X-KSC-Session` */
  session: string | undefined
  /** `X-KSC-VServer`: base64 of a name; empty, or the letter x that one client sends, is the main Server. */
  virtualServer: string | undefined
  connection: Duplex
}

export class Gate {
  readonly sessions: Sessions
  readonly #administrator: Login
  /** Ends with its connection. */
  readonly #loggedIn = new WeakMap<Duplex, string>()
  readonly #key = randomBytes(32)

  constructor(administrator: Login, now: () => number) {
    this.#administrator = administrator
    this.sessions = new Sessions(now)
  }

  /** @throws Refusal 401 or 403 */
  identify(credentials: Credentials): Caller {
    const { session, authorization, connection } = credentials
    if (session !== undefined) {
      const user = this.sessions.userOf(session)
      if (user === undefined) throw new Refusal(403, 'The session has ended or never was')
      return { user, session }
    }
    if (authorization !== undefined) return { user: this.authenticate(credentials) }
    const user = this.#loggedIn.get(connection)
    if (user === undefined)
      throw authenticationFailure('no Authorization, no X-KSC-Session, no login on this connection')
    return { user }
  }

  /** @returns the user. @throws Refusal */
  authenticate({ authorization, virtualServer }: Credentials): string {
    if (authorization === undefined) throw authenticationFailure('no Authorization')
    const given = readAuthorization(authorization)
    if ('unsupported' in given) throw authenticationFailure(`not supported: ${given.unsupported}`)
    // Both are compared, always.
    const sameUser = this.#same(given.user, this.#administrator.user)
    if (!this.#same(given.password, this.#administrator.password) || !sameUser) throw authenticationFailure()
    if (virtualServer !== undefined && virtualServer !== '' && virtualServer !== 'x')
      throw new Refusal(403, 'There is no such virtual Administration Server')
    return given.user
  }

  /** From now on this connection needs no more. A failed login ends an earlier one. */
  logIn(credentials: Credentials): void {
    this.#loggedIn.delete(credentials.connection)
    this.#loggedIn.set(credentials.connection, this.authenticate(credentials))
  }

  logOut(connection: Duplex): void {
    this.#loggedIn.delete(connection)
  }

  /** In constant time, whatever the lengths: the digests are compared. */
  #same(given: string, held: string): boolean {
    const digest = (text: string) => createHmac('sha256', this.#key).update(text).digest()
    return timingSafeEqual(digest(given), digest(held))
  }
}

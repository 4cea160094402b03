/** Who may call: a session id, a login of this connection, or credentials with the call itself. */
import type { Duplex } from 'node:stream'
import type { AddressSet } from '../../../shared/net/address-set.ts'
import type { Login } from '../security/account.ts'
import type { Accounts } from '../security/accounts.ts'
import { notAllowed } from '../security/allowed.ts'
import type { Audit } from '../security/audit.ts'
import { readAuthorization } from './authorization.ts'
import { authenticationFailure, Refusal, Unfinished } from './errors.ts'
import { type LoggedIn, Sessions } from './sessions.ts'
import { Tokens } from './tokens.ts'

export interface Caller extends LoggedIn {
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
  /** Of the client. */
  address: string
}

interface GateOptions {
  accounts: Accounts
  /** null: everybody */
  allowed: AddressSet | null
  audit: Audit
  /** ms since 1970 */
  now: () => number
}

/** ms: "about 3 minutes", and 60 seconds (KSCAPI a00469). */
const TOKEN_LIFETIME = 180_000
const KEY_LIFETIME = 60_000

export class Gate {
  readonly sessions: Sessions
  /** Of `Session.CreateToken`. Which web tokens are taken is not public: the same (assumed), but as often as one likes. */
  readonly tokens: Tokens<LoggedIn>
  /** Of `GatewayConnection.PrepareGatewayConnection`. */
  readonly keys: Tokens<LoggedIn>
  readonly accounts: Accounts
  readonly #allowed: AddressSet | null
  readonly #audit: Audit
  /** Ends with its connection. */
  readonly #loggedIn = new WeakMap<Duplex, LoggedIn>()

  constructor({ accounts, allowed, audit, now }: GateOptions) {
    this.accounts = accounts
    this.#allowed = allowed
    this.#audit = audit
    this.sessions = new Sessions(now)
    this.tokens = new Tokens(TOKEN_LIFETIME, now)
    this.keys = new Tokens(KEY_LIFETIME, now)
  }

  /** @param half whether a login that wants its second step will do @throws Refusal 401 or 403 */
  async identify(credentials: Credentials, half = false): Promise<Caller> {
    await this.checkAddress(credentials.address)
    const caller = await this.#find(credentials)
    if (caller.unfinished && !half) throw this.#unfinished(caller)
    return caller
  }

  /** With what the request itself brings, or as the second step of what it names. @throws Refusal */
  async authenticate(credentials: Credentials): Promise<Caller> {
    await this.checkAddress(credentials.address)
    const caller = await this.#authenticated(credentials)
    if (!caller.unfinished) await this.#audit.loggedIn(caller.user, credentials.address)
    return caller
  }

  /** From now on this connection needs no more. A failed login ends an earlier one; a wrong code does not. @throws Refusal */
  async logIn(credentials: Credentials): Promise<void> {
    const { connection } = credentials
    try {
      const caller = await this.authenticate(credentials)
      this.#loggedIn.set(connection, caller)
      if (caller.unfinished) throw this.#unfinished(caller)
    } catch (error) {
      if (!(error instanceof Unfinished)) this.#loggedIn.delete(connection)
      throw error
    }
  }

  /** @returns the id of the session that the caller has started, or finished. @throws Unfinished, which names it */
  startSession(caller: Caller): string {
    const session = caller.session ?? this.sessions.start(caller)
    if (caller.unfinished) throw this.#unfinished({ ...caller, session })
    return session
  }

  logOut(connection: Duplex): void {
    this.#loggedIn.delete(connection)
  }

  async #find(credentials: Credentials): Promise<Caller> {
    const { session, authorization, connection } = credentials
    if (session !== undefined) {
      const found = this.sessions.find(session)
      if (found === undefined) throw new Refusal(403, 'The session has ended or never was')
      return { ...found, session }
    }
    if (authorization !== undefined) return this.#authenticated(credentials)
    const loggedIn = this.#loggedIn.get(connection)
    if (loggedIn === undefined)
      throw authenticationFailure('no Authorization, no X-KSC-Session, no login on this connection')
    return loggedIn
  }

  async #authenticated(credentials: Credentials): Promise<Caller> {
    const { authorization, virtualServer, address } = credentials
    if (authorization === undefined) throw authenticationFailure('no Authorization')
    const given = readAuthorization(authorization)
    if ('unsupported' in given) throw authenticationFailure(`not supported: ${given.unsupported}`)
    if (given.scheme === 'KSCMFA') return this.#finished(credentials, given.code)
    const caller =
      given.scheme === 'KSCBasic' ? await this.#byPassword(given, address) : this.#byToken(given.scheme, given.token)
    if (caller === undefined) {
      await this.#audit.tokenRefused(given.scheme, address)
      throw authenticationFailure()
    }
    if (virtualServer !== undefined && virtualServer !== '' && virtualServer !== 'x')
      throw new Refusal(403, 'There is no such virtual Administration Server')
    return caller
  }

  async #byPassword(login: Login, address: string): Promise<LoggedIn> {
    const outcome = await this.accounts.check(login)
    if (outcome === 'accepted') return { user: login.user }
    if (outcome === 'second-step') return { user: login.user, unfinished: true }
    await this.#audit.refused(login.user, address, outcome)
    throw authenticationFailure()
  }

  #byToken(scheme: 'KSCT' | 'KSCWT' | 'KSCGW', token: string): LoggedIn | undefined {
    if (scheme === 'KSCGW') return this.keys.take(token)
    return scheme === 'KSCT' ? this.tokens.take(token) : this.tokens.valueOf(token)
  }

  /** The second step of a session, or of the login of the connection. */
  async #finished({ session, connection, address }: Credentials, code: string): Promise<Caller> {
    const begun = session === undefined ? this.#loggedIn.get(connection) : this.sessions.find(session)
    if (!begun?.unfinished)
      throw authenticationFailure('KSCMFA is the second step of a login, and none waits for it here')
    const { user } = begun
    const outcome = this.accounts.secondStep(user)?.check(code) ?? 'wrong'
    if (outcome !== 'accepted') {
      await this.#audit.refused(user, address, outcome === 'wrong' ? 'wrong-code' : outcome)
      throw this.#unfinished({ ...begun, ...(session === undefined ? {} : { session }) })
    }
    if (session === undefined) return { user }
    this.sessions.finish(session)
    return { user, session }
  }

  #unfinished({ user, session }: Caller): Unfinished {
    return new Unfinished(this.accounts.secondStep(user)?.registered ? 'totp' : 'totpreg', session)
  }

  /** @throws Refusal for an address that is not on the list */
  async checkAddress(address: string): Promise<void> {
    const why = notAllowed(this.#allowed, address)
    if (why === null) return
    await this.#audit.notAllowed(address)
    throw authenticationFailure(why)
  }
}

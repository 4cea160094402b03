/** Who may call: a session id, a login of this connection, or credentials with the call itself. */
import type { Duplex } from 'node:stream'
import type { AddressSet } from '../../../shared/net/address-set.ts'
import type { Accounts, LoginOutcome } from '../security/accounts.ts'
import type { Audit } from '../security/audit.ts'
import { readAuthorization } from './authorization.ts'
import { authenticationFailure, Refusal } from './errors.ts'
import { IdleMap } from './idle-map.ts'
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

export interface GateOptions {
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
/** ms, and addresses: who is not on the list comes again and again, and is told of once a minute (assumed). */
const TOLD = 60_000
const TOLD_OF = 1_000

export class Gate {
  readonly sessions: Sessions
  /** Of `Session.CreateToken`. Which web tokens are taken is not public: the same (assumed), but as often as one likes. */
  readonly tokens: Tokens<LoggedIn>
  /** Of `GatewayConnection.PrepareGatewayConnection`. */
  readonly keys: Tokens<LoggedIn>
  readonly #options: GateOptions
  /** Ends with its connection. */
  readonly #loggedIn = new WeakMap<Duplex, LoggedIn>()
  readonly #toldOf: IdleMap<true>

  constructor(options: GateOptions) {
    const { now } = options
    this.#options = options
    this.sessions = new Sessions(now)
    this.tokens = new Tokens(TOKEN_LIFETIME, now)
    this.keys = new Tokens(KEY_LIFETIME, now)
    this.#toldOf = new IdleMap(TOLD_OF, now)
  }

  /** @throws Refusal 401 or 403 */
  async identify(credentials: Credentials): Promise<Caller> {
    const { session, authorization, connection, address } = credentials
    await this.#checkAddress(address)
    if (session !== undefined) {
      const found = this.sessions.find(session)
      if (found === undefined) throw new Refusal(403, 'The session has ended or never was')
      return { ...found, session }
    }
    if (authorization !== undefined) return this.#login(credentials)
    const loggedIn = this.#loggedIn.get(connection)
    if (loggedIn === undefined)
      throw authenticationFailure('no Authorization, no X-KSC-Session, no login on this connection')
    return loggedIn
  }

  /** With what the request itself brings, whatever else is there. @throws Refusal */
  async authenticate(credentials: Credentials): Promise<LoggedIn> {
    const { address } = credentials
    await this.#checkAddress(address)
    const loggedIn = await this.#login(credentials)
    await this.#options.audit.serverConnect(`${quoted(loggedIn.user)} logged in from ${address}`)
    return loggedIn
  }

  /** From now on this connection needs no more. A failed login ends an earlier one. */
  async logIn(credentials: Credentials): Promise<void> {
    this.#loggedIn.delete(credentials.connection)
    this.#loggedIn.set(credentials.connection, await this.authenticate(credentials))
  }

  logOut(connection: Duplex): void {
    this.#loggedIn.delete(connection)
  }

  async #login({ authorization, virtualServer, address }: Credentials): Promise<LoggedIn> {
    if (authorization === undefined) throw authenticationFailure('no Authorization')
    const given = readAuthorization(authorization)
    if ('unsupported' in given) throw authenticationFailure(`not supported: ${given.unsupported}`)
    const { scheme } = given
    const loggedIn = scheme === 'KSCBasic' ? await this.#byPassword(given, address) : this.#byToken(scheme, given.token)
    if (loggedIn === undefined) {
      await this.#refused(`a ${scheme} token that is not good, or no longer, was refused from ${address}`)
      throw authenticationFailure()
    }
    if (virtualServer !== undefined && virtualServer !== '' && virtualServer !== 'x')
      throw new Refusal(403, 'There is no such virtual Administration Server')
    return loggedIn
  }

  async #byPassword(login: { user: string; password: string }, address: string): Promise<LoggedIn> {
    const outcome = await this.#options.accounts.check(login)
    if (outcome === 'accepted') return { user: login.user }
    await this.#refused(`${quoted(login.user)} was refused from ${address}: ${WHY[outcome]}`)
    throw authenticationFailure()
  }

  #byToken(scheme: 'KSCT' | 'KSCWT' | 'KSCGW', token: string): LoggedIn | undefined {
    if (scheme === 'KSCGW') return this.keys.take(token)
    return scheme === 'KSCT' ? this.tokens.take(token) : this.tokens.valueOf(token)
  }

  async #checkAddress(address: string): Promise<void> {
    const { allowed } = this.#options
    if (allowed === null || allowed.has(address)) return
    const told = this.#toldOf.has(address)
    if (!told) {
      this.#toldOf.set(address, true, TOLD)
      await this.#refused(`a connection from ${address} was refused: it is not on the list of allowed addresses`)
    }
    throw authenticationFailure(
      `Administration Server authentication error: ${address} is not on the list of allowed addresses (KSC_LAB_LOGIN_FROM)`,
    )
  }

  #refused(text: string): Promise<void> {
    return this.#options.audit.serverConnect(text)
  }
}

const WHY: Record<Exclude<LoginOutcome, 'accepted'>, string> = {
  wrong: 'wrong name or password',
  blocked: 'the account is blocked after too many wrong passwords, for an hour',
}

/** A name is what somebody typed. */
const quoted = (user: string) => JSON.stringify(user.slice(0, 64))

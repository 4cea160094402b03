import { randomUUID } from 'node:crypto'
import { NetError } from '../../../shared/net/errors.ts'
import type { Connection } from '../../../shared/net/host.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Way } from './way.ts'

/** An invitation that nobody took up is void (assumed, after the one-time key of the OpenAPI's gateway connections). */
const INVITATION_LASTS = 60_000

/** What an invitation is waiting for: the data connection that names it, or the reason why none will come. */
type Pending = PromiseWithResolvers<Connection>

/** A gateway in a DMZ (schema 183058): it dials nobody. It asks on the signal connection, and the Server dials it. */
export class InvitedWay implements Way {
  readonly #pending = new Map<string, Pending>()
  #signal: Session | null = null
  /** Why there is no signal connection. */
  #away = 'it has not connected yet'

  /** `since` in words, for people. */
  get state(): { state: 'established' } | { state: 'lost'; reason: string } {
    return this.#signal ? { state: 'established' } : { state: 'lost', reason: this.#away }
  }

  async open(arrived: Connection): Promise<Connection> {
    const signal = this.#signal
    // One that is not open any more still has its second for a last FIN.
    if (!signal?.open) {
      const why = signal ? 'it is being given up' : this.#away
      throw new NetError('server-away', `no signal connection from the Server: ${why}`)
    }
    const { invitation, answer } = this.invite()
    const gone = () => this.refuse(invitation, 'GONE', 'whoever arrived has left')
    arrived.stream.once('close', gone)
    try {
      signal.send({ type: 'invite', invitation, from: arrived.remote })
      return await answer
    } finally {
      arrived.stream.off('close', gone)
    }
  }

  /** An id for one data connection, and the promise of it. */
  invite(): { invitation: string; answer: Promise<Connection> } {
    const invitation = randomUUID()
    const pending = Promise.withResolvers<Connection>()
    this.#pending.set(invitation, pending)
    const late = setTimeout(() => this.refuse(invitation, 'late', 'the Server did not dial in time'), INVITATION_LASTS)
    pending.promise.catch(() => {}).finally(() => clearTimeout(late))
    return { invitation, answer: pending.promise }
  }

  /** Takes an invitation up, once. @throws NetError for an id that is unknown, used or late */
  accept(invitation: string | undefined): (connection: Connection) => void {
    const pending = invitation === undefined ? undefined : this.#pending.get(invitation)
    if (!pending || invitation === undefined)
      throw new NetError(
        'no-invitation',
        'a data connection names an invitation of the last 60 s that was not used yet',
      )
    this.#pending.delete(invitation)
    return pending.resolve
  }

  refuse(invitation: string, code: string, reason: string): void {
    this.#pending.get(invitation)?.reject(new NetError(code, reason))
    this.#pending.delete(invitation)
  }

  /** The Server's newest signal connection takes the place of an older one, which may be half open. */
  signalled(session: Session): void {
    const older = this.#signal
    this.#signal = session
    void older?.close('done')
    const peer = session.connection.remote.address
    session.connection.observe({ what: 'signal', detail: { state: 'established', peer } })
    void session.closed.then(reason => {
      session.connection.observe({ what: 'signal', detail: { state: 'lost', peer, reason } })
      if (this.#signal !== session) return
      this.#signal = null
      this.#away = `lost since ${new Date().toISOString()} (${reason})`
      for (const invitation of this.#pending.keys())
        this.refuse(invitation, 'server-away', `the signal connection is ${this.#away}`)
    })
  }
}

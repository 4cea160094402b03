import { NetError } from '../../../shared/net/errors.ts'
import type { Connection } from '../../../shared/net/host.ts'
import { Invitations } from '../../../shared/net/invitations.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { CarriedPort } from '../../../shared/wire/messages/invite.ts'
import type { Way } from './way.ts'

/** A gateway in a DMZ (schema 183058): it dials nobody. It asks on the signal connection, and the Server dials it. */
export class InvitedWay implements Way {
  /** For data connections of the Server. */
  readonly invitations = new Invitations()
  #signal: Session | null = null
  /** Why there is no signal connection. */
  #away = 'it has not connected yet'

  /** `since` in words, for people. */
  get state(): { state: 'established' } | { state: 'lost'; reason: string } {
    return this.#signal ? { state: 'established' } : { state: 'lost', reason: this.#away }
  }

  async open(arrived: Connection, port: CarriedPort): Promise<Connection> {
    const signal = this.#signal
    // One that is not open any more still has its second for a last FIN.
    if (!signal?.open) {
      const why = signal ? 'it is being given up' : this.#away
      throw new NetError('server-away', `no signal connection from the Server: ${why}`)
    }
    const { invitation, answer } = this.invitations.invite()
    const gone = () => this.invitations.refuse(invitation, 'GONE', 'whoever arrived has left')
    arrived.stream.once('close', gone)
    try {
      signal.send({ type: 'invite', invitation, port, from: arrived.remote })
      return await answer
    } finally {
      arrived.stream.off('close', gone)
    }
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
      this.invitations.refuseAll('server-away', `the signal connection is ${this.#away}`)
    })
  }
}

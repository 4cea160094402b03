import { randomUUID } from 'node:crypto'
import { NetError } from './errors.ts'
import type { Connection } from './host.ts'

/** One that nobody took up is void (assumed, after the one-time key of the OpenAPI's gateway connections). */
const LASTS = 60_000

/** One-time ids by which somebody who is asked to dial is told apart from a stranger; each is good for one connection. */
export class Invitations {
  readonly #pending = new Map<string, PromiseWithResolvers<Connection>>()

  /** An id, and the promise of the connection that names it. */
  invite(): { invitation: string; answer: Promise<Connection> } {
    const invitation = randomUUID()
    const pending = Promise.withResolvers<Connection>()
    this.#pending.set(invitation, pending)
    const late = setTimeout(() => this.refuse(invitation, 'late', 'nobody dialled in time'), LASTS)
    pending.promise.catch(() => {}).finally(() => clearTimeout(late))
    return { invitation, answer: pending.promise }
  }

  /** Takes an invitation up, once. @throws NetError for an id that is unknown, used or late */
  accept(invitation: string | undefined): (connection: Connection) => void {
    const pending = invitation === undefined ? undefined : this.#pending.get(invitation)
    if (!pending || invitation === undefined)
      throw new NetError('no-invitation', 'an invitation of the last 60 s that was not used yet has to be named')
    this.#pending.delete(invitation)
    return pending.resolve
  }

  refuse(invitation: string, code: string, reason: string): void {
    this.#pending.get(invitation)?.reject(new NetError(code, reason))
    this.#pending.delete(invitation)
  }

  refuseAll(code: string, reason: string): void {
    for (const invitation of this.#pending.keys()) this.refuse(invitation, code, reason)
  }
}

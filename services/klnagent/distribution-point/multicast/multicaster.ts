/** A distribution point that sends a package once to all devices of its zone: announced by their push connections (13295), sent to UDP 15001. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetError } from '../../../../shared/net/errors.ts'
import type { UdpPeer } from '../../../../shared/net/host.ts'
import type { Handlers } from '../../../../shared/net/serve-sessions.ts'
import type { Session } from '../../../../shared/net/session.ts'
import type { LabPackage } from '../../../../shared/packages.ts'
import type { Messages } from '../../../../shared/wire/messages/index.ts'
import { pieceCount } from '../../../../shared/wire/messages/multicast.ts'
import type { PushServer } from '../push-server.ts'
import { transmit } from './transmit.ts'

/** Steps' time that a device is given to connect: one that has just started dials again after 1 s, then 2 s. */
const CONNECTED = 2

interface Errand {
  /** Whose report is waited for; the others have the package with it. */
  device: string
  nonce: string
  /** ms for each step. */
  timeout: number
  signal: AbortSignal
}

interface Member {
  session: Session
  nonce: string
  /** False, and null: its connection ended before. */
  joined: PromiseWithResolvers<boolean>
  collected: PromiseWithResolvers<Messages['collected'] | null>
}

export class Multicaster {
  readonly #push: PushServer
  readonly #offered: LabPackage
  readonly #members = new Map<string, Member>()
  /** Who has the package already is told of it again only where it is the one that is asked for. */
  readonly #served = new WeakSet<Session>()
  /** One transmission at a time, or the pace would be no pace. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(push: PushServer, offered: LabPackage) {
    this.#push = push
    this.#offered = offered
  }

  /** What devices say on their push connections. */
  readonly handlers: Handlers<null> = {
    joined: (_, { id, nonce }, session) => {
      this.#member(nonce, session).joined.resolve(true)
      return { type: 'noted', id, nonce }
    },
    collected: (_, message, session) => {
      const { id, nonce, outcome } = message
      this.#member(nonce, session).collected.resolve(message)
      this.#members.delete(nonce)
      if (outcome === 'whole') this.#served.add(session)
      return { type: 'noted', id, nonce }
    },
  }

  /** Resolves with what came of it at the device. @throws NetError where the device cannot be told, or does not report */
  send(peer: UdpPeer, errand: Errand): Promise<Messages['collected']> {
    const sent = this.#turn.then(() => this.#send(peer, errand))
    this.#turn = sent.catch(() => {})
    return sent
  }

  async #send(peer: UdpPeer, { device, nonce, timeout, signal }: Errand): Promise<Messages['collected']> {
    const connection = await within(CONNECTED * timeout, this.#push.connectionOf(device))
    if (!connection)
      throw new NetError(
        'NOT_CONNECTED',
        `${device} keeps no connection to the push server, by which it would be told of the package (x-dp-push)`,
      )
    const { name, bytes, sha256, content } = this.#offered
    const [transfer, key] = [randomBytes(16), randomBytes(32)]
    const wanted = this.#enter(connection, nonce)
    const others = this.#push.connections.filter(other => other !== connection && !this.#served.has(other))
    const members = [wanted, ...others.map(other => this.#enter(other, randomUUID()))]
    const announced = { package: name, bytes, sha256, pieces: pieceCount(bytes), transfer, key }
    for (const { session, nonce } of members) session.send({ type: 'multicast', nonce, ...announced })
    await within(timeout, Promise.all(members.map(({ joined }) => joined.promise)))
    if (!(await within(0, wanted.joined.promise)))
      throw new NetError('NOT_JOINED', `${device} was told of the package and did not say that it listens`)

    peer.observe({ what: 'request-sent', detail: { nonce } })
    const datagrams = await transmit(peer, { transfer, key: createSecretKey(key), content, signal })
    peer.observe({ what: 'multicast-sent', detail: { datagrams, bytes } })
    for (const { session } of members) session.send({ type: 'multicast-over', transfer })

    const report = await within(timeout, wanted.collected.promise)
    if (!report)
      throw new NetError('NO_REPORT', `${device} did not report what came of the package within ${timeout} ms`)
    return report
  }

  #enter(session: Session, nonce: string): Member {
    const member: Member = {
      session,
      nonce,
      joined: Promise.withResolvers(),
      collected: Promise.withResolvers(),
    }
    this.#members.set(nonce, member)
    void session.closed.then(() => {
      this.#members.delete(nonce)
      member.joined.resolve(false)
      member.collected.resolve(null)
    })
    return member
  }

  #member(nonce: string, session: Session): Member {
    const member = this.#members.get(nonce)
    if (member?.session !== session) throw new NetError('no-transfer', 'no package was announced with this nonce')
    return member
  }
}

/** Null where it took longer. */
async function within<T>(timeout: number, wanted: Promise<T>): Promise<T | null> {
  const stop = new AbortController()
  try {
    return await Promise.race([wanted, sleep(timeout, null, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
}

/** A device of a distribution point's zone, as it collects the packages that the point sends by multicast (UDP 15001). */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { dnsName, type TopologyHost } from '../../../../shared/config/topology.ts'
import { NetError } from '../../../../shared/net/errors.ts'
import type { Datagram } from '../../../../shared/net/host.ts'
import { Session } from '../../../../shared/net/session.ts'
import { closeOnAbort } from '../../../../shared/net/upkeep.ts'
import type { Message, Messages } from '../../../../shared/wire/messages/index.ts'
import { pieceCount } from '../../../../shared/wire/messages/multicast.ts'
import { LONGEST_PIECE } from '../../../../shared/wire/messages/piece.ts'
import { readPiece } from '../../../../shared/wire/piece-datagram.ts'
import type { Agent } from '../../agent.ts'
import { journalRefusal } from '../../wake-up.ts'
import { fetchPiece } from '../download.ts'
import { pointTrust } from '../trust.ts'
import { Transfer } from './transfer.ts'

type Outcome = Pick<Messages['collected'], 'outcome' | 'reason'>

interface CollectorParts {
  agent: Agent
  /** The distribution point of this device's zone. */
  point: TopologyHost
  log: Logger
}

export class Collector {
  readonly #parts: CollectorParts
  readonly #transfers = new Map<string, Transfer>()
  readonly #stopping = new AbortController()

  constructor(parts: CollectorParts) {
    this.#parts = parts
  }

  readonly receive = (datagram: Datagram): void => {
    try {
      const sealed = readPiece(datagram.bytes)
      // What was not announced here is on its way to others of the group.
      this.#transfers.get(nameOf(sealed.piece))?.take(sealed, datagram)
    } catch (error) {
      journalRefusal(datagram, error)
    }
  }

  /** What the distribution point says on the push connection. */
  hear(message: Message, session: Session): void {
    if (message.type === 'multicast-over') this.#transfers.get(nameOf(message))?.over()
    if (message.type !== 'multicast') return
    this.#collect(message, session).catch((error: Error) => {
      const { package: name } = message
      if (!this.#stopping.signal.aborted)
        this.#parts.log.info({ package: name, reason: error.message }, 'a package by multicast was given up')
    })
  }

  stop(): void {
    this.#stopping.abort(new NetError('STOPPING', 'the Network Agent is being stopped'))
  }

  async #collect(announced: Messages['multicast'], session: Session): Promise<void> {
    const { nonce, bytes, pieces } = announced
    if (pieces !== pieceCount(bytes))
      throw new NetError('PIECES', `${bytes} bytes are ${pieceCount(bytes)} pieces, and ${pieces} are announced`)
    const transfer = new Transfer(announced)
    const name = nameOf(announced)
    this.#transfers.set(name, transfer)
    const lost = session.closed.then(reason => {
      throw new NetError('CLOSED', `the push connection ended before (${reason})`)
    })
    try {
      await session.request<Messages['joined']>({ type: 'joined', nonce })
      await Promise.race([transfer.arrived(this.#stopping.signal), lost])
      const outcome = await this.#complete(transfer)
      await session.request<Messages['collected']>({
        type: 'collected',
        nonce,
        received: transfer.assembly.received,
        ...outcome,
      })
      transfer.reported()
    } finally {
      lost.catch(() => {})
      this.#transfers.delete(name)
    }
  }

  async #complete(transfer: Transfer): Promise<Outcome> {
    const { assembly } = transfer
    // A group that nothing reaches would otherwise fetch its package from the point one by one, and all at once.
    if (assembly.received === 0) return { outcome: 'nothing' }
    try {
      if (!assembly.whole) await this.#fillGaps(transfer)
      transfer.check()
      return { outcome: 'whole' }
    } catch (error) {
      if (!(error instanceof NetError)) throw error
      return { outcome: 'refused', reason: error.message.slice(0, 1_024) }
    } finally {
      transfer.ended()
    }
  }

  /** By the point's 13000, as every other package is had there. */
  async #fillGaps({ announced, assembly }: Transfer): Promise<void> {
    const { agent, point } = this.#parts
    const { connectTimeout: timeout, readTimeout } = agent.settings
    const connection = await agent.host.dial(
      { host: point.name, port: 13000 },
      { tls: pointTrust(agent.memory, dnsName(point)), timeout, signal: this.#stopping.signal },
    )
    const session = new Session(connection, { readTimeout, onMessage: () => {} })
    closeOnAbort(session, this.#stopping.signal)
    try {
      await session.greet(agent.hello('distribution-client', randomUUID()))
      for (const gap of assembly.gaps(LONGEST_PIECE))
        assembly.fill(gap, await fetchPiece(session, announced.package, gap.from, gap.length))
    } finally {
      await session.close()
    }
  }
}

const nameOf = ({ transfer }: { transfer: Uint8Array }): string => Buffer.from(transfer).toString('hex')

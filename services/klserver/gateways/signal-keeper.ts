import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TopologyHost } from '../../../shared/config/topology.ts'
import { backOff } from '../../../shared/net/back-off.ts'
import type { TcpListener } from '../../../shared/net/host.ts'
import type { Session } from '../../../shared/net/session.ts'
import { closeOnAbort, repeat } from '../../../shared/net/upkeep.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { CarriedPort } from '../../../shared/wire/messages/invite.ts'
import type { GatewaySignal } from '../../../shared/wire/messages/list-devices.ts'
import type { Administration, DialledGateway } from '../administration.ts'
import { UNASSIGNED } from '../groups.ts'
import { dialGateway } from './dial-gateway.ts'

/** ms; assumed. Every minute without the signal connection is one in which no device outside reaches the Server. */
const LONGEST_BACK_OFF = 30_000

/** Keeps the one signal connection to a gateway in a DMZ, and dials a data connection for every invitation that comes on it. */
/** Where what comes through a gateway arrives; mobile devices' ports only where this Server has them. */
export type CarriedTo = Readonly<{ 13000: TcpListener } & Partial<Record<CarriedPort, TcpListener>>>

export class SignalKeeper implements DialledGateway {
  readonly #administration: Administration
  readonly #gateway: TopologyHost
  readonly #ports: CarriedTo
  readonly #random: () => number
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #agentId: string | undefined
  #session: Session | null = null
  #signal: GatewaySignal

  constructor(administration: Administration, gateway: TopologyHost, ports: CarriedTo, random: () => number) {
    this.#administration = administration
    this.#gateway = gateway
    this.#ports = ports
    this.#random = random
    this.#signal = { host: gateway.name, state: 'connecting' }
    this.#running = this.#run()
  }

  get agentId(): string | undefined {
    return this.#agentId
  }

  /** The signal connection, while it stands. */
  get session(): Session | null {
    return this.#session
  }

  get signal(): GatewaySignal {
    return this.#signal
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const { log } = this.#administration
    for (let failures = 0; !signal.aborted; ) {
      try {
        const session = await this.#connect()
        failures = 0
        this.#signal = { host: this.#gateway.name, state: 'established' }
        this.#session = session
        const reason = await session.closed
        this.#session = null
        this.#signal = { ...this.#signal, state: 'lost', since: Date.now(), reason }
      } catch (error) {
        this.#signal = { ...this.#signal, reason: (error as Error).message }
      }
      if (signal.aborted) return
      failures++
      const wait = backOff(failures, LONGEST_BACK_OFF, this.#random)
      log.warn({ gateway: this.#gateway.name, ...this.#signal, again: Math.round(wait) }, 'no signal connection')
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }

  async #connect(): Promise<Session> {
    const { host, credentials, settings } = this.#administration
    const { signal } = this.#stopping
    const dialling = { host, gateway: this.#gateway, credentials, timeout: settings.connectTimeout, signal }
    const session = await dialGateway(dialling, {
      readTimeout: 2 * settings.signalKeepAlive,
      onMessage: message => {
        if (message.type === 'invite') void this.#takeUp(message, session)
      },
    })
    closeOnAbort(session, signal)
    repeat(session, settings.signalKeepAlive)
    const peer = this.#gateway.name
    void session.closed.then(reason => {
      session.connection.observe({ what: 'signal', detail: { state: 'lost', peer, reason } })
    })
    try {
      await this.#meet(await session.greet(this.#hello('signal', { keep: true })), session)
    } catch (error) {
      await session.close('broken')
      throw error
    }
    session.connection.observe({ what: 'signal', detail: { state: 'established', peer } })
    return session
  }

  /** A gateway that is registered by its address appears in "Unassigned devices" (KSCAPI a00593). */
  async #meet({ agentId, host, version, os = 'unknown' }: Messages['welcome'], { connection }: Session): Promise<void> {
    if (agentId === undefined) return
    const { address } = connection.remote
    const device = { agentId, name: host, address, version, os, at: Date.now(), groupId: UNASSIGNED }
    await this.#administration.store.arrived(device)
    this.#agentId = agentId
  }

  /** Dials the data connection; the device's TLS begins where the welcome ends. */
  async #takeUp({ invitation, from, port = 13000 }: Messages['invite'], signalSession: Session): Promise<void> {
    const { host, credentials, settings, log } = this.#administration
    const { signal } = this.#stopping
    const dialling = {
      host,
      gateway: this.#gateway,
      credentials,
      timeout: settings.connectTimeout,
      signal,
      resume: true,
    }
    try {
      const listener = this.#ports[port]
      if (!listener)
        throw new Error(
          `${host.name} does not listen on ${port}; what it is given by gateways goes to ${Object.keys(this.#ports).join(', ')}`,
        )
      const session = await dialGateway(dialling, { readTimeout: settings.readTimeout, onMessage: () => {} })
      await session.greetAndHandOver(this.#hello('data', { invitation }))
      listener.adopt(session.connection, { from, via: this.#gateway.name })
    } catch (error) {
      const reason = (error as Error).message
      log.warn({ gateway: this.#gateway.name, invitation, reason }, 'an invitation could not be taken up')
      signalSession.send({ type: 'decline', invitation, reason })
    }
  }

  #hello(role: 'signal' | 'data', more: Partial<Messages['hello']>): Messages['hello'] {
    const { host, settings } = this.#administration
    return {
      type: 'hello',
      protocol: 1,
      role,
      host: host.name,
      version: settings.kscVersion,
      nonce: randomUUID(),
      ...more,
    }
  }
}

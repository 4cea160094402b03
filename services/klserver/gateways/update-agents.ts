import {
  addressesOf,
  dnsName,
  hostNamed,
  isDistributionPoint,
  isServedBy,
  serverOf,
  type TopologyHost,
} from '../../../shared/config/topology.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Administration } from '../administration.ts'
import { type CarriedTo, SignalKeeper } from './signal-keeper.ts'

/**
 * Distribution points and connection gateways ("update agents" in the OpenAPI): at start all that the topology sets up for
 * this Server. A gateway in a DMZ is dialled for as long as it is registered.
 */
export class UpdateAgents {
  readonly #administration: Administration
  readonly #keeperFor: (gateway: TopologyHost) => SignalKeeper
  readonly #registered = new Map<string, SignalKeeper | null>()

  constructor(administration: Administration, carried: CarriedTo, random: () => number) {
    this.#administration = administration
    this.#keeperFor = gateway => new SignalKeeper(administration, gateway, carried, random)
    for (const host of this.#candidates()) this.#add(host)
  }

  list(): { name: string; isGateway: boolean }[] {
    return this.#hosts().map(({ name, gateway }) => ({ name, isGateway: gateway !== undefined }))
  }

  /** Names of those that serve a device. */
  serving(device: string): string[] {
    const { topology } = this.#administration
    const self = hostNamed(topology, device)
    if (!self) return []
    return this.#hosts()
      .filter(point => isServedBy(topology, self, point) || self.through === point.name)
      .map(({ name }) => name)
  }

  /** The signal connection to a gateway in a DMZ, while it stands. */
  signalTo(name: string): Session | null {
    return this.#registered.get(name)?.session ?? null
  }

  /** A distribution point, or a gateway that dials this Server. @throws NetError */
  register(name: string): void {
    const host = this.#candidates().find(candidate => candidate.name === name)
    if (!host)
      throw new NetError('no-update-agent', `${name} is not set up as a distribution point or gateway of this Server`)
    if (host.gateway === 'dmz')
      throw new NetError(
        'dmz-gateway',
        `${name} waits in a DMZ: UaControl.RegisterDmzGateway registers it by its address`,
      )
    this.#addNew(host)
  }

  /** A gateway that waits in a DMZ, by the name or address at which this Server reaches it. @throws NetError */
  registerDmz(address: string): void {
    const { topology } = this.#administration
    const books = [addressesOf(topology, 'in-process'), addressesOf(topology, 'compose')]
    const isAt = ({ name, zone }: TopologyHost) =>
      [name, dnsName({ name, zone }), ...books.map(book => book.get(name))].includes(address)
    const host = this.#candidates().find(candidate => candidate.gateway === 'dmz' && isAt(candidate))
    if (!host) throw new NetError('no-gateway', `no connection gateway of this Server waits at ${address}`)
    this.#addNew(host)
  }

  /** @throws NetError */
  async unregister(name: string): Promise<void> {
    const keeper = this.#registered.get(name)
    if (keeper === undefined) throw new NetError('not-registered', `${name} is not registered`)
    this.#registered.delete(name)
    if (keeper === null) return
    const { gateways } = this.#administration
    gateways.splice(gateways.indexOf(keeper), 1)
    await keeper.stop()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#registered.values()].map(keeper => keeper?.stop()))
  }

  #candidates(): TopologyHost[] {
    const { topology, host } = this.#administration
    return topology.hosts.filter(
      candidate =>
        (isDistributionPoint(candidate) || candidate.gateway !== undefined) &&
        serverOf(topology, candidate)?.name === host.name,
    )
  }

  #hosts(): TopologyHost[] {
    return this.#candidates().filter(({ name }) => this.#registered.has(name))
  }

  #addNew(host: TopologyHost): void {
    if (this.#registered.has(host.name)) throw new NetError('registered', `${host.name} is registered already`)
    this.#add(host)
  }

  #add(host: TopologyHost): void {
    const keeper = host.gateway === 'dmz' ? this.#keeperFor(host) : null
    this.#registered.set(host.name, keeper)
    if (keeper) this.#administration.gateways.push(keeper)
  }
}

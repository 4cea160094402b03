import { MULTICAST_GROUP } from '../config/zones.ts'
import type { Endpoint } from '../journal/observation.ts'
import type { Target, Transport } from './host.ts'

/** Where the hosts of a lab really are. `address` of a place may be a name that is still to be resolved. */
export interface AddressBook {
  /** Where a documented port of a host is reached. */
  place(target: Target, transport: Transport): Endpoint
  /** Where a host binds a documented port: port 0 asks the system for one. */
  bind(target: Target): Endpoint
  /** The multicast group behind a documented port, and the address by which this host belongs to its network. Port 0 for its first member, as in `bind`. */
  group(target: Target): { at: Endpoint; by: string }
  /** The address a host dials from; null lets the system choose. */
  source(host: string): string | null
  /** A host tells where it was bound. */
  bound(target: Target, transport: Transport, at: Endpoint): void
}

const key = (target: Target, transport: Transport) => `${target.host}:${target.port}/${transport}`

export interface BookOptions {
  /** Address of every host. */
  addresses: ReadonlyMap<string, string>
  ports: 'documented' | 'ephemeral'
  /** Listen on every address of the machine, as a server does; in one process the hosts share a machine, so each keeps to its own. */
  anywhere?: boolean
  /** The number used instead of a documented one (`ports` of a topology's host). */
  renumbered?: (target: Target) => number
}

export function createAddressBook({
  addresses,
  ports,
  anywhere = false,
  renumbered = ({ port }) => port,
}: BookOptions): AddressBook {
  const moved = new Map<string, Endpoint>()
  /** Documented port of a group to the one that its first member was given. */
  const groups = new Map<number, number>()
  const addressOf = (host: string): string => {
    const address = addresses.get(host)
    if (address === undefined)
      throw new Error(`no host ${host} in this lab; its hosts are ${[...addresses.keys()].join(', ')}`)
    return address
  }
  return {
    place(target, transport) {
      return moved.get(key(target, transport)) ?? { address: addressOf(target.host), port: renumbered(target) }
    },
    bind: target => ({
      address: anywhere ? '0.0.0.0' : addressOf(target.host),
      port: ports === 'ephemeral' ? 0 : renumbered(target),
    }),
    group: target => ({
      at: {
        address: MULTICAST_GROUP,
        port: ports === 'ephemeral' ? (groups.get(target.port) ?? 0) : renumbered(target),
      },
      by: addressOf(target.host),
    }),
    source: host => (ports === 'ephemeral' ? null : addressOf(host)),
    bound: (target, transport, at) => {
      if (at.address === MULTICAST_GROUP) groups.set(target.port, at.port)
      if (!anywhere) moved.set(key(target, transport), at)
    },
  }
}

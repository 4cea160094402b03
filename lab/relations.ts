/** Between which hosts of a topology an arrow runs, where playing its roles is not enough. Pure. */
import {
  hostNamed,
  isPrimary,
  isServedBy,
  ksnOf,
  serverOf,
  type Topology,
  type TopologyHost,
} from '../shared/config/topology.ts'

type Relation = (topology: Topology, from: TopologyHost, to: TopologyHost) => boolean

const sameZone: Relation = (_topology, from, to) => from.zone === to.zone

/** A device, and the Server that it reaches without a gateway. A gateway in a DMZ reaches nobody by itself. */
const direct: Relation = (topology, from, to) => reachesOut(from) && serverOf(topology, from) === to

const reachesOut = ({ through, gateway }: TopologyHost): boolean => through === undefined && gateway !== 'dmz'

const carried =
  (mode: TopologyHost['gateway']): Relation =>
  (topology, from, to) =>
    hostNamed(topology, from.through)?.gateway === mode && serverOf(topology, from) === to

const relations: Readonly<Record<string, Relation>> = {
  // "Not sent directly to devices without direct access" (schema 183058): what the Server's own network holds.
  '2': (topology, from, to) => sameZone(topology, from, to) && direct(topology, to, from),
  '2-bcast': sameZone,
  '3': direct,
  '4': (topology, from, to) =>
    from.secondary ? from.secondary === 'active' && from.server === to.name : direct(topology, from, to),
  '4-plain': direct,
  '4a': (topology, from, to) => to.gateway === 'dmz' && serverOf(topology, to) === from,
  '4a-data': (topology, from, to) => to.gateway === 'dmz' && serverOf(topology, to) === from,
  '4a-agents': carried('dmz'),
  '5': direct,
  '9': (topology, from, to) => serverOf(topology, from) === to,
  // Each phone has the push service of its maker.
  '11': (_topology, from) => from.runs.includes('android'),
  '13': (_topology, from) => from.runs.includes('ios'),
  // Of the mobile devices those alone that speak the Server's own protocol, perhaps by way of a gateway.
  '14': (topology, from, to) => from.runs.includes('android') && serverOf(topology, from) === to,
  '15': (_topology, from) => from.runs.includes('android'),
  '15a': (topology, from, to) => from.runs.includes('android') && direct(topology, from, to),
  // The Web Server may stand on a host of its own.
  '16': (topology, from, to) =>
    // Where nobody is let into the LAN, an iOS device has its profile from the iOS MDM Server.
    (!from.runs.includes('ios') || to.zone !== 'lan' || from.proxy !== undefined) &&
    reachesOut(from) &&
    (!to.runs.includes('klserver') || serverOf(topology, from) === to),
  // Of the mobile devices those alone that speak Apple's protocol.
  '17': (_topology, from) => from.runs.includes('ios'),
  'x-gw-segment': (topology, from, to) => from.gateway === 'segment' && serverOf(topology, from) === to,
  'x-gw-segment-agents': carried('segment'),
  // A point serves the devices of its zone, and calls those whom the Server's own datagrams may not reach.
  'x-dp-agents': isServedBy,
  'x-dp-push': isServedBy,
  'x-dp-mcast': (topology, from, to) => isServedBy(topology, to, from),
  'x-dp-udp': (topology, from, to) => isServedBy(topology, to, from),
  // A card is called by the Server beside it: a magic packet is not routed.
  'x-wol': (topology, from, to) =>
    to.runs.includes('network-card') && sameZone(topology, from, to) && serverOf(topology, to) === from,
  'x-ksn-tcp': asksKsn,
  'x-ksn-udp': asksKsn,
  'x-ksn-https': asksKsn,
  'x-hier-dmz': (topology, from, to) =>
    isPrimary(topology, from) && to.secondary === 'passive' && to.server === from.name,
}

/** A device asks the KSN proxy of the point that serves it, where that one has one, and else that of the Server it reaches. */
function asksKsn(topology: Topology, from: TopologyHost, to: TopologyHost): boolean {
  const point = topology.hosts.find(host => isServedBy(topology, from, host) && ksnOf(host).enabled)
  return point ? to === point : to.runs.includes('klserver') && direct(topology, from, to)
}

/** Arrows that end at a gateway for whoever dials, and at the Server for what is asked: these are answered from end to end. */
const CARRIED = new Set(['4a-agents', 'x-gw-segment-agents', '14'])
export const isCarried = (flow: string): boolean => CARRIED.has(flow)

/** Arrows that are sent to a group: who answers is a member of it, and listens on no port of its own. */
const TO_A_GROUP = new Set(['x-dp-mcast'])
export const isMulticast = (flow: string): boolean => TO_A_GROUP.has(flow)

export const related = (flow: string, topology: Topology, from: TopologyHost, to: TopologyHost): boolean =>
  from !== to && (relations[flow]?.(topology, from, to) ?? true)

import { macOf } from '../wire/magic-packet.ts'

/** The three zones and their networks (design: loopback in process, the documentation ranges of RFC 5737 in containers). */
export const ZONES = ['lan', 'dmz', 'internet'] as const
export type Zone = (typeof ZONES)[number]

export type Mode = 'in-process' | 'compose'

const networks: Record<Mode, Record<Zone, string>> = {
  'in-process': { lan: '127.10.0', dmz: '127.20.0', internet: '127.30.0' },
  compose: { lan: '192.0.2', dmz: '198.51.100', internet: '203.0.113' },
}

/** @param number host number within its zone, 2-250 */
export const addressIn = (mode: Mode, zone: Zone, number: number): string => `${networks[mode][zone]}.${number}`
export const networkOf = (mode: Mode, zone: Zone): string => `${networks[mode][zone]}.0/24`

/** In KSC an administrator sets it (topic 3420). This one is assumed: of the block for use within one site (RFC 2365). */
export const MULTICAST_GROUP = '239.255.15.1'

/** The MAC address of a host's card; no two hosts of a topology have the same. */
export const cardOf = ({ zone, number }: { zone: Zone; number: number }): string => macOf(ZONES.indexOf(zone), number)

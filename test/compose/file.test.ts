/** compose.yaml beside the topologies: what one says the other says too. Needs no Docker. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import { addressIn, networkOf, ZONES } from '../../shared/config/zones.ts'
import { KASPERSKY_NAMES } from '../../shared/kaspersky/names.ts'
import { APPLE_NAMES, GOOGLE_NAMES } from '../../shared/push/names.ts'

interface Service {
  profiles: string[]
  command: string[]
  extra_hosts?: string[]
  networks: Record<string, { ipv4_address?: string; aliases?: string[] }>
}

const text = readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8')
const file = parse(text, { merge: true }) as {
  services: Record<string, Service>
  networks: Record<string, { ipam?: { config: { subnet: string }[] } }>
}
const running = (profile: string) =>
  Object.values(file.services).filter(
    ({ profiles, command }) => profiles.includes(profile) && command[0] === 'run' && command[1] !== '--agent',
  )

it.each(topologyNames())('%s: has each host once, in its zone, at its address, and no other', name => {
  const wanted = loadTopology(name).hosts.map(host => ({
    name: host.name,
    [host.zone]: addressIn('compose', host.zone, host.number),
    management: [`${host.name}.management`],
  }))
  const found = running(name).map(({ command, networks }) => ({
    name: command[1],
    ...Object.fromEntries(ZONES.filter(zone => networks[zone]).map(zone => [zone, networks[zone]?.ipv4_address])),
    management: networks.management?.aliases,
  }))
  const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
    String(one.name).localeCompare(String(other.name))
  expect(found.sort(byName)).toEqual(wanted.sort(byName))
})

it.each(ZONES)('the network of %s is that of the zone', zone => {
  expect(file.networks[zone]?.ipam?.config[0]?.subnet).toBe(networkOf('compose', zone))
})

it('the names of the servers outside lead to their stand-ins, from every host of the lab and from whatever joins the internet', () => {
  const named = Object.entries({ kaspersky: KASPERSKY_NAMES, apple: APPLE_NAMES, google: GOOGLE_NAMES }).map(
    ([host, names]) => ({
      at: file.services[host]?.networks.internet,
      names: [...names, `${host}.internet.ksc-lab.test`],
    }),
  )
  for (const { at, names } of named) expect(at?.aliases).toEqual(names)
  const all = named.flatMap(({ at, names }) => names.map(name => `${name}:${at?.ipv4_address}`))
  for (const { command, extra_hosts } of Object.values(file.services).filter(({ command }) => command[0] === 'run'))
    expect(extra_hosts, command.join(' ')).toEqual(all)
})

/** compose.yaml beside the topologies: what one says the other says too. Needs no Docker. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import { addressIn, networkOf, ZONES } from '../../shared/config/zones.ts'
import { KASPERSKY_NAMES } from '../../shared/kaspersky/names.ts'

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

it('the names of the Kaspersky servers lead to the stand-in, from every host of the lab and from whatever joins the internet', () => {
  const names = [...KASPERSKY_NAMES, 'kaspersky.internet.ksc-lab.test']
  const { kaspersky } = file.services
  expect(kaspersky?.networks.internet?.aliases).toEqual(names)
  for (const { command, extra_hosts } of Object.values(file.services).filter(({ command }) => command[0] === 'run'))
    expect(extra_hosts, command.join(' ')).toEqual(
      names.map(name => `${name}:${kaspersky?.networks.internet?.ipv4_address}`),
    )
})

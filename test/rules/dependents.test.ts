import { describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { dependents, mutations } from '../../lab/rules/dependents.ts'
import { nftables } from '../../lab/rules/nftables.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import { run } from '../cli/kit.ts'
import { rulesOf } from './kit.ts'

const of = (name: string) => {
  const topology = loadTopology(name)
  return Object.fromEntries(dependents(topology, plan(topology, '14.2')))
}

/** Activation and KSN of these devices, which the Server passes on as it asks for its own updates. */
const outside = (devices: readonly string[], askKsn = devices): string[] => [
  ...devices.map(device => `5@${device}>klserver:17000`),
  '8@klserver>kaspersky:443',
  ...askKsn.map(device => `x-ksn-tcp@${device}>klserver:13111`),
  ...askKsn.map(device => `x-ksn-udp@${device}>klserver:15111`),
]

/** What the Server and the iOS MDM Server ask of the push services. */
const pushing = (iosMdm: string) => ({
  'klserver>google:443/tcp': ['10@klserver>google:443'],
  [`${iosMdm}>apple:443/tcp`]: [`12@${iosMdm}>apple:443`],
  [`${iosMdm}>apple:2197/tcp`]: [`12@${iosMdm}>apple:2197`],
})

describe('the rows that depend on a rule', () => {
  it('lan: one rule, and what the Server asks the Kaspersky servers for its devices needs it too', () => {
    expect(of('lan')).toEqual({ 'klserver>kaspersky:443/tcp': outside(['agent-1', 'agent-2']) })
  })

  it("gateway: whatever the gateway carries needs the Server's connections to it, also from beside the gateway", () => {
    expect(of('gateway')).toEqual({
      'klserver>gateway:13000/tcp': [
        '4a@klserver>gateway:13000',
        '4a-data@klserver>gateway:13000',
        '4a-agents@dmz-pc>klserver:13000',
        '4a-agents@roamer-1>klserver:13000',
        '4a-agents@roamer-2>klserver:13000',
        'x-dp-udp@gateway>dmz-pc:15000',
        '14@android-1>klserver:13292',
        '14@android-1>klserver:13293',
      ],
      'android-1>gateway:13292/tcp': ['14@android-1>klserver:13292'],
      'android-1>gateway:13293/tcp': ['14@android-1>klserver:13293'],
      ...pushing('gateway'),
      'ios-1>gateway:443/tcp': ['17@ios-1>gateway:443'],
      'roamer-1>gateway:13000/tcp': ['4a-agents@roamer-1>klserver:13000'],
      'roamer-2>gateway:13000/tcp': ['4a-agents@roamer-2>klserver:13000'],
      'klserver>kaspersky:443/tcp': outside(['agent-1', 'agent-2']).toSpliced(3, 0, '15a@office-phone>klserver:17100'),
      'office-phone>google:5228/tcp': ['11@office-phone>google:5228'],
      'office-phone>kaspersky:443/tcp': ['15@office-phone>kaspersky:443'],
    })
  })

  it("gateway-segment: whatever the gateway carries needs the gateway's connections to the Server", () => {
    expect(of('gateway-segment')).toEqual({
      'gateway>klserver:13000/tcp': [
        '4@gateway>klserver:13000',
        'x-gw-segment@gateway>klserver:13000',
        'x-gw-segment-agents@dmz-pc>klserver:13000',
        'x-gw-segment-agents@branch-1>klserver:13000',
        'x-gw-segment-agents@branch-2>klserver:13000',
        'x-dp-udp@gateway>dmz-pc:15000',
      ],
      'gateway>klserver:14000/tcp': ['4-plain@gateway>klserver:14000'],
      'branch-1>gateway:13000/tcp': ['x-gw-segment-agents@branch-1>klserver:13000'],
      'branch-2>gateway:13000/tcp': ['x-gw-segment-agents@branch-2>klserver:13000'],
      'gateway>klserver:17000/tcp': ['5@gateway>klserver:17000'],
      'klserver>kaspersky:443/tcp': outside(['agent-1', 'agent-2', 'gateway'], []),
      'gateway>klserver:8060/tcp': ['16@gateway>klserver:8060'],
      'gateway>klserver:8061/tcp': ['16@gateway>klserver:8061'],
      'gateway>klserver:13000/udp': ['3@gateway>klserver:13000'],
    })
  })

  it('server-dmz: nothing is carried, so every rule has its one row, but for what is passed on', () => {
    const rows = of('server-dmz')
    const devices = ['agent-1', 'agent-2', 'roamer-1', 'roamer-2']
    const ports = [
      ...['3 13000/udp', '4 13000/tcp', '4-plain 14000/tcp', '5 17000/tcp', '16 8060/tcp', '16 8061/tcp'],
      ...['x-ksn-tcp 13111/tcp', 'x-ksn-udp 15111/udp'],
    ]
    const expected = [
      ['klserver>kaspersky:443/tcp', outside(['dmz-pc', ...devices]).toSpliced(6, 0, '15a@android-1>klserver:17100')],
      ...Object.entries(pushing('klserver')),
      ...['16 8060', '16 8061', '17 443'].map(each => {
        const [flow, port] = each.split(' ')
        return [`ios-1>klserver:${port}/tcp`, [`${flow}@ios-1>klserver:${port}`]]
      }),
      ...['14 13292', '14 13293', '15a 17100', '16 8060', '16 8061'].map(each => {
        const [flow, port] = each.split(' ')
        return [`android-1>klserver:${port}/tcp`, [`${flow}@android-1>klserver:${port}`]]
      }),
      ['admin-pc>klserver:13291/tcp', ['6@admin-pc>klserver:13291']],
      ['web-console>klserver:13299/tcp', ['9@web-console>klserver:13299']],
      ...devices.flatMap(device =>
        ports.map(each => {
          const [flow, port = ''] = each.split(' ')
          return [`${device}>klserver:${port}`, [`${flow}@${device}>klserver:${port.slice(0, -4)}`]]
        }),
      ),
    ]
    expect(rows).toEqual(Object.fromEntries(expected))
  })
})

describe('ksc-lab rules --mutate --dry-run', () => {
  it.each(topologyNames())('%s: finds each rule of the nftables file by what nobody else matches', name => {
    const topology = loadTopology(name)
    const file = nftables(rulesOf(name))
    const list = mutations(topology, plan(topology, '14.2'))
    expect(list.length).toBe(file.split('\n').filter(line => line.includes('dport')).length)
    for (const { match, comment } of list) {
      const found = file.split('\n').filter(line => line.includes(match))
      expect(found.length, match).toBe(1)
      expect(found[0]).toMatch(new RegExp(`comment "${comment}"$`))
    }
  })

  it('prints the rows under each rule, and the same as JSON', async () => {
    const { code, stdout } = await run(['rules', '--topology', 'lan', '--mutate', '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toBe(`lan: without this rule these rows are not delivered

klserver>kaspersky:443/tcp  (ip saddr 192.0.2.10 ip daddr 203.0.113.10 tcp dport 443 ct state new)
${outside(['agent-1', 'agent-2'])
  .map(id => `  ${id}\n`)
  .join('')}`)
    const lan = loadTopology('lan')
    const json = await run(['rules', '--topology', 'lan', '--mutate', '--dry-run', '--json'])
    expect(JSON.parse(json.stdout)).toEqual(mutations(lan, plan(lan, '14.2')))
  })

  it.each([
    [['--json'], '--json: only what --mutate prints is there as JSON; give both'],
    [['--dry-run'], '--dry-run: it is about --mutate; give both'],
    [
      ['--mutate'],
      '--mutate: it takes rules out of the firewall of running containers: COMPOSE_PROFILES=lan docker compose run --rm rules --mutate; with --dry-run it only prints what is foretold',
    ],
    [['--mutate', '--host', 'klserver'], '--mutate: it is about the firewall between the zones; leave out --host'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await run(['rules', '--topology', 'lan', ...options])
    expect({ code, stderr }).toEqual({ code: 2, stderr: `ksc-lab: ${message}\n` })
  })
})

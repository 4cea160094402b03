/** Topology files: what a person may write wrong, and what is said then. */
import { describe, expect, it } from 'vitest'
import { topologyNames } from '../../lab/topologies.ts'
import { PROGRAM_NAMES } from '../../shared/config/programs.ts'
import { readTopology } from '../../shared/config/read-topology.ts'
import { refused, written } from './kit.ts'

describe('a right file', () => {
  it('is read as it is written', () => {
    expect(readTopology(written(), 'my.yaml')).toEqual({
      name: 'mine',
      title: 'Mine',
      topic: 1,
      arrows: ['4', '16'],
      hosts: [
        { name: 'server', zone: 'lan', number: 10, runs: ['klserver', 'klcsweb'], ports: { 13000: 13100 } },
        { name: 'agent-1', zone: 'dmz', number: 101, runs: ['klnagent'], ports: {} },
        { name: 'agent-2', zone: 'dmz', number: 102, runs: ['klnagent'], ports: {} },
      ],
    })
  })

  it('may have the same number in two zones, and Windows line ends', () => {
    const text = written({ 'number: 101': 'number: 10' }).replaceAll('\n', '\r\n')
    expect(readTopology(text, 'my.yaml').hosts.map(({ zone, number }) => [zone, number])).toEqual([
      ['lan', 10],
      ['dmz', 10],
      ['dmz', 11],
    ])
  })

  it('may say which listeners take PROXY protocol headers, and from whom', () => {
    const text = written({
      'ports: { 13000: 13100 }':
        'proxyProtocol: { trusted: [198.51.100.20, "2001:db8::/32"], ports: { 13000: expected, 8061: off } }',
    })
    expect(readTopology(text, 'my.yaml').hosts[0]?.proxyProtocol).toEqual({
      trusted: ['198.51.100.20', '2001:db8::/32'],
      ports: { 13000: 'expected', 8061: 'off' },
    })
  })

  it('may call a host what every object has', () => {
    const read = readTopology(written({ 'agent:': 'constructor:' }), 'my.yaml')
    expect(read.hosts.map(({ name }) => name)).toEqual(['server', 'constructor-1', 'constructor-2'])
  })

  it('comes with the lab', () => {
    expect(topologyNames()).toContain('lan')
  })
})

const PROGRAMS = PROGRAM_NAMES.join(', ')
const PROXY_PROTOCOL =
  'a map with trusted (a list of addresses and networks, as 198.51.100.20, 10.0.0.0/8) and ports (from a documented TCP port to expected, optional, off) is expected'
const HOST_KEYS =
  'unknown key; accepted are zone, number, runs, count, gateway, distributionPoint, keepConnection, through, proxy, server, secondary, ksn, forwardProxy, proxyProtocol, ports'

describe('is refused with file, line and what is accepted:', () => {
  it.each([
    [
      'an unknown key at the top',
      { 'title: Mine': 'titel: Mine' },
      '2: titel: unknown key; accepted are topology, title, topic, arrows, hosts',
    ],
    ['an unknown key of a host', { '    number: 101': '    nummer: 101' }, `13: hosts.agent.nummer: ${HOST_KEYS}`],
    ['a merge key', { '    count: 2': '    <<: { count: 2 }' }, `14: hosts.agent.<<: ${HOST_KEYS}`],
    [
      'a host in no zone',
      { '    zone: dmz\n': '' },
      '11: hosts.agent: the host stands in no zone; give it zone: lan | dmz | internet',
    ],
    ['an unknown zone', { 'zone: dmz': 'zone: DMZ' }, '12: hosts.agent.zone: accepted are lan, dmz, internet'],
    [
      'an unknown program',
      { '[klnagent]': '[klnagentd]' },
      `15: hosts.agent.runs.0: a list of programs is expected; accepted are ${PROGRAMS}`,
    ],
    [
      'a program outside a list',
      { '[klnagent]': 'klnagent' },
      `15: hosts.agent.runs: a list of programs is expected; accepted are ${PROGRAMS}`,
    ],
    [
      'no program',
      { '[klnagent]': '[]' },
      `15: hosts.agent.runs: a list of programs is expected; accepted are ${PROGRAMS}`,
    ],
    ['an unknown arrow', { "'16'": "'99'" }, '4: arrows.1: no flow "99"; `ksc-lab flows` lists them'],
    [
      'an arrow without quotes',
      { "'16'": '16' },
      '4: arrows.1: a list of flow ids is expected (see `ksc-lab flows`); write the numbers in quotes',
    ],
    [
      'a duplicate host number',
      { 'zone: dmz': 'zone: lan', 'number: 101': 'number: 9' },
      "13: hosts.agent.number: number 10 in lan is server's; give each host its own",
    ],
    [
      'a number out of range',
      { 'number: 101': 'number: 251' },
      '13: hosts.agent.number: a whole number from 2 to 250 is expected: the last octet of the address in its zone',
    ],
    [
      'a count that runs out of numbers',
      { 'number: 101': 'number: 250' },
      '14: hosts.agent.count: host agent-2 would get number 251; numbers end at 250',
    ],
    [
      'a count of nothing',
      { 'count: 2': 'count: 0' },
      '14: hosts.agent.count: a whole number from 1 to 100 is expected',
    ],
    [
      'a port moved onto another',
      { '13000: 13100': '8060: 14000' },
      '10: hosts.server.ports: port 14000/tcp is used twice on one host: by Administration Server and by Web Server',
    ],
    [
      'two programs on one port',
      { '[klserver, klcsweb]': '[klcsweb, klserver, klcsweb]', '{ 13000: 13100 }': '{}' },
      '9: hosts.server.runs: port 8060/tcp is used twice on one host: by Web Server and by Web Server',
    ],
    [
      'a port that nothing listens on',
      { '13000: 13100': '1: 13100' },
      '10: hosts.server.ports.1: nothing on this host listens on 1; its ports are 13000, 14000, 13291, 13294, 13299, 19170, 13292, 13293, 8060, 8061',
    ],
    [
      'a port number beyond the last',
      { '13100': '65536' },
      '10: hosts.server.ports.13000: a map from a documented port to the number used instead is expected',
    ],
    [
      'ports as a list',
      { '{ 13000: 13100 }': '[]' },
      '10: hosts.server.ports: a map from a documented port to the number used instead is expected',
    ],
    [
      'a port by name of the prototype',
      { '13000: 13100': 'constructor: 13100' },
      '10: hosts.server.ports.constructor: a map from a documented port to the number used instead is expected',
    ],
    [
      'a port by name',
      { '13000: 13100': 'http: 13100' },
      '10: hosts.server.ports.http: a map from a documented port to the number used instead is expected',
    ],
    [
      'a KSN proxy on a device that is no distribution point',
      { 'runs: [klnagent]': 'runs: [klnagent, ksnproxy]' },
      '15: hosts.agent.runs: ksnproxy stands on an Administration Server or on a distribution point (distributionPoint: true)',
    ],
    [
      'settings of a KSN proxy that is not there',
      { 'ports: { 13000: 13100 }': 'ksn: { https: true }' },
      '10: hosts.server.ksn: there is no KSN proxy on this host; add ksnproxy to runs',
    ],
    [
      'HTTPS of a KSN proxy that is off',
      { '[klnagent]': '[klnagent, ksnproxy]\n    distributionPoint: true\n    ksn: { https: true }' },
      '17: hosts.agent.ksn.https: the KSN proxy of this host is off; add enabled: true',
    ],
    [
      'a KSN proxy of a primary Server that would use another one',
      { 'klcsweb]': 'ksnproxy]', '{ 13000: 13100 }': '{}\n    ksn: { useServer: true }' },
      '11: hosts.server.ksn.useServer: there is no Administration Server above this one',
    ],
    [
      'a KSN proxy of a gateway that dials no Server',
      { '[klnagent]': '[klnagent, ksnproxy]\n    gateway: dmz\n    ksn: { enabled: true }' },
      '17: hosts.agent.ksn: a gateway in a DMZ dials no Server; add useServer: false, and it asks Kaspersky itself',
    ],
    [
      'an unknown setting of a KSN proxy',
      { 'klcsweb]': 'ksnproxy]', '{ 13000: 13100 }': '{}\n    ksn: { port: 1 }' },
      '11: hosts.server.ksn.port: a map with enabled, https and useServer, each true or false, is expected',
    ],
    [
      'a reverse proxy that is none',
      { '[klnagent]': '[klnagent]\n    proxy: server' },
      '16: hosts.agent.proxy: server is no reverse proxy; the reverse proxies are none',
    ],
    [
      'a reverse proxy in the same zone',
      {
        '  agent:': '  box: { zone: dmz, number: 20, runs: [reverse-proxy] }\n  agent:',
        '[klnagent]': '[klnagent]\n    proxy: box',
      },
      '17: hosts.agent.proxy: box stands in the same zone; what is behind a reverse proxy is dialled from another one',
    ],
    [
      'a reverse proxy behind another one',
      {
        '  agent:': '  box: { zone: dmz, number: 20, runs: [reverse-proxy] }\n  agent:',
        '[klnagent]': '[reverse-proxy]\n    proxy: box',
      },
      '17: hosts.agent.proxy: a reverse proxy does not pass another one',
    ],
    [
      'a reverse proxy and a gateway',
      {
        '  agent:':
          '  box: { zone: dmz, number: 20, runs: [reverse-proxy] }\n  gate: { zone: dmz, number: 21, runs: [klnagent], gateway: dmz }\n  agent:',
        '[klnagent]\n': '[klnagent]\n    proxy: box\n    through: gate\n',
      },
      '18: hosts.agent.proxy: a host goes by a reverse proxy or through a connection gateway, not both',
    ],
    [
      'another number for a port that no reverse proxy publishes',
      { '  agent:': '  box: { zone: dmz, number: 20, runs: [reverse-proxy], ports: { 13291: 1 } }\n  agent:' },
      '11: hosts.box.ports.13291: nothing on this host listens on 13291; its ports are 13000, 17000, 8080, 13292, 13293, 17100, 8060, 8061, 443',
    ],
    [
      'a forward proxy without its port',
      { '{ 13000: 13100 }': '{}\n    forwardProxy: { url: "http://squid" }' },
      '11: hosts.server.forwardProxy.url: a map with url (http://host:port or http://user:password@host:port) and, perhaps, bypass (a list of names or addresses, `*` for any part of one (`*.lan.ksc-lab.test`, `10.*`)) is expected',
    ],
    [
      'a forward proxy of a device',
      { '[klnagent]': '[klnagent]\n    forwardProxy: { url: "http://squid:3128" }' },
      '16: hosts.agent.forwardProxy: nothing on this host reaches out by a proxy; klserver, klactprx, ksnproxy, ios-mdm do',
    ],
    [
      'PROXY protocol at a UDP port',
      { '[klnagent]': '[klnagent]\n    proxyProtocol: { trusted: [10.0.0.1], ports: { 15000: expected } }' },
      '16: hosts.agent.proxyProtocol.ports.15000: nothing on this host listens on 15000/tcp; its TCP ports are none',
    ],
    [
      'PROXY protocol that is perhaps expected',
      { 'ports: { 13000: 13100 }': 'proxyProtocol: { trusted: [10.0.0.1], ports: { 13000: maybe } }' },
      `10: hosts.server.proxyProtocol.ports.13000: ${PROXY_PROTOCOL}`,
    ],
    [
      'PROXY protocol that nobody may send',
      { 'ports: { 13000: 13100 }': 'proxyProtocol: { ports: { 13000: expected } }' },
      `10: hosts.server.proxyProtocol: trusted is missing; ${PROXY_PROTOCOL}`,
    ],
    [
      'PROXY protocol from a name',
      { 'ports: { 13000: 13100 }': 'proxyProtocol: { trusted: [my-proxy], ports: { 13000: expected } }' },
      `10: hosts.server.proxyProtocol.trusted.0: ${PROXY_PROTOCOL}`,
    ],
    [
      'two hosts that get one name',
      { 'server:': 'agent-1:' },
      '11: hosts.agent: two hosts would be called agent-1; give each its own name',
    ],
    [
      'a host with capitals',
      { 'agent:': 'Agent:' },
      '11: hosts.Agent: a name of lower-case letters, digits and hyphens is expected',
    ],
    [
      'a host that is no map',
      { 'agent:\n': 'agent: klnagent\n  more:\n' },
      '11: hosts.agent: a map with zone, number and runs is expected',
    ],
    [
      'a topology without lower-case name',
      { 'topology: mine': 'topology: My Lab' },
      '1: topology: a name of lower-case letters, digits and hyphens is expected',
    ],
    ['a title that is no text', { 'title: Mine': 'title: [Mine]' }, '2: title: must be a string'],
    ['a topic that is no number', { 'topic: 1': 'topic: one' }, '3: topic: must be a whole number'],
    ['a missing key', { 'topic: 1\n': '' }, '1: topic is missing'],
    [
      'a host without a number',
      { '    number: 101\n': '' },
      '11: hosts.agent: number is missing; a whole number from 2 to 250 is expected: the last octet of the address in its zone',
    ],
  ])('%s', (_what, change, expected) => {
    expect(refused(written(change))).toBe(`my.yaml:${expected}`)
  })

  it.each([
    ['nothing', ''],
    ['a comment', '# nothing\n'],
    ['a word', 'lan'],
    ['a list', '- lan'],
    ['a number', '5'],
  ])('%s instead of a map', (_what, text) => {
    expect(refused(text)).toBe('my.yaml:1: a map with the keys topology, title, topic, arrows, hosts is expected')
  })

  it.each([
    ['hosts that are missing', 'hosts:', 'host:', /^my\.yaml:5: host: unknown key/],
    ['hosts that are empty', /hosts:.*/s, 'hosts:\n', /^my\.yaml:5: hosts: a map of hosts is expected$/],
    ['hosts as a list', /hosts:.*/s, 'hosts: []\n', /^my\.yaml:5: hosts: a map of hosts is expected$/],
  ])('%s', (_what, from, to, expected) => {
    expect(refused(written().replace(from, to))).toMatch(expected)
  })
})

describe('what is not YAML is refused with its line:', () => {
  it.each([
    ['a bracket that is not closed', { "['4', '16']": "['4', '16'" }, /^my\.yaml:[45]: .+/],
    ['a tab as indentation', { '    count: 2': '\tcount: 2' }, /^my\.yaml:1[34]: .+/],
    ['a key that stands twice', { '    count: 2': '    zone: lan' }, /^my\.yaml:14: Map keys must be unique/],
    ['two documents', { 'hosts:': '---\nhosts:' }, /^my\.yaml:[56]: .*multiple documents/],
    [
      'an alias of nothing',
      { 'number: 101': 'number: *other' },
      /^my\.yaml:13: nothing above is called &other; write the value itself$/,
    ],
    ['a quote that is not closed', { 'title: Mine': 'title: "Mine' }, /^my\.yaml:\d+: .+/],
    ['bytes of something else', { 'title: Mine': '\u0000\u0001\u0002: {{{' }, /^my\.yaml:\d+: .+/],
  ])('%s', (_what, change, expected) => {
    expect(refused(written(change))).toMatch(expected)
  })

  it('an alias bomb', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`,
    )
    expect(refused(['a0: &a0 [x]', ...levels].join('\n'))).toMatch(/^my\.yaml:\d+: .+/)
  })
})

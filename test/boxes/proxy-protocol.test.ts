/** Real nginx and HAProxy that send PROXY protocol headers: to listeners that expect them, and to those that do not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeHosts } from '../../lab/describe.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { leftOut } from '../requires.ts'
import type { Box } from './box.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'

const missing = leftOut('PROXY protocol of nginx', 'nginx', ['-v']) ?? leftOut('of HAProxy', 'haproxy', ['-v'])

const nginx = (directive: string) => (to: Endpoint) =>
  startNginx({
    stream: ({ port }) => `server { listen 127.0.0.1:${port}; proxy_pass ${to.address}:${to.port}; ${directive} }`,
  })
const haproxy = (word: string) => (to: Endpoint) =>
  startHaproxy({
    mode: 'tcp',
    sections: ({ port }) => `listen ksc\n  bind 127.0.0.1:${port}\n  server ksc ${to.address}:${to.port} ${word}`,
  })

const SENDERS: [string, number, (to: Endpoint) => Promise<Box>, string[]][] = [
  ['nginx', 1, nginx('proxy_protocol on;'), []],
  ['HAProxy send-proxy', 1, haproxy('send-proxy'), []],
  ['HAProxy send-proxy-v2', 2, haproxy('send-proxy-v2'), []],
  [
    'HAProxy send-proxy-v2 with TLVs and checksum',
    2,
    haproxy('send-proxy-v2 proxy-v2-options crc32c,unique-id'),
    ['CRC32C'],
  ],
]

const lan = (settings: Partial<ServiceSettings>) => {
  const apart = ['klserver', 'agent-1', 'kaspersky']
  const external = loadTopology('lan')
    .hosts.map(({ name }) => name)
    .filter(name => !apart.includes(name))
  return startLab('lan', { external, settings })
}
const verify = async (lab: Lab, flow: string, port: number, { box }: Box) =>
  (await lab.verify({ flows: [flow], timeout: 1_000, route: { [`klserver:${port}`]: box } })).results.filter(
    result => result.initiator === 'agent-1' && result.port === port,
  )

/** Arrows and their ports, with TLS and without. */
const TLS_AND_PLAIN = [
  ['4', 13000],
  ['16', 8060],
] as const

describe.skipIf(missing)('where headers are taken', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await lan({
      proxyProtocol: [
        { host: 'klserver', port: 13000, mode: 'optional' },
        { host: 'klserver', port: 8060, mode: 'expected' },
      ],
      proxyProtocolFrom: ['127.0.0.0/8'],
    })
  })
  afterAll(() => lab.stop())

  it.each(SENDERS)('%s: delivered, and the responder knows who dialled', async (_what, version, start, tlvs) => {
    for (const [flow, port] of TLS_AND_PLAIN) {
      await using box = await start(lab.endpoint('klserver', port))
      const [result] = await verify(lab, flow, port, box)
      expect(result?.verdict, result?.explanation).toBe('delivered')
      const dialled = result?.evidence.find(({ what }) => what === 'connected')?.detail ?? {}
      const header = result?.evidence.find(({ what }) => what === 'proxy-header')
      expect(header).toMatchObject({
        at: 'responder',
        detail: { version, source: 'local' in dialled && dialled.local },
      })
      expect(header?.detail).toMatchObject({ tlvs: expect.arrayContaining(tlvs) })
      const accepted = result?.evidence.find(({ what }) => what === 'accepted')
      expect(accepted?.detail).not.toMatchObject({ remote: 'local' in dialled && dialled.local })
    }
  })

  it('optional: also without one; expected: not, and the verdict says how it is sent', async () => {
    await using plain = await nginx('')(lab.endpoint('klserver', 13000))
    expect(await verify(lab, '4', 13000, plain)).toMatchObject([{ verdict: 'delivered' }])
    await using box = await nginx('')(lab.endpoint('klserver', 8060))
    const [result] = await verify(lab, '16', 8060, box)
    expect(result).toMatchObject({ verdict: 'proxy-header', asExpected: false })
    expect(result?.explanation).toBe(
      `agent-1 reached klserver:8060/tcp, and no PROXY protocol header arrived at klserver, where one is expected (127.0.0.1 sent none): the box at 127.0.0.1:${box.port} does not send it`,
    )
    expect(result?.advice).toContain('nginx stream `proxy_protocol on;`')
  })

  it('the device list has the address that the header names', async () => {
    await using box = await startHaproxy({
      mode: 'tcp',
      sections: ({ port }) =>
        `listen ksc\n  bind 127.0.0.1:${port}\n  server ksc 127.0.0.1:${lab.endpoint('klserver', 13000).port} source 127.0.0.77 send-proxy-v2`,
    })
    const [result] = await verify(lab, '4', 13000, box)
    expect(result).toMatchObject({ verdict: 'delivered', findings: [] })
    const accepted = result?.evidence.find(({ what }) => what === 'accepted')
    expect(accepted?.detail).toMatchObject({ remote: { address: '127.0.0.77' } })
    const header = result?.evidence.find(({ what }) => what === 'proxy-header')
    expect(header?.detail).toMatchObject({ source: { address: '127.0.0.1' }, by: { address: '127.0.0.77' } })
  })
})

describe.skipIf(missing)('where none is expected', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await lan({})
  })
  afterAll(() => lab.stop())

  it.each(SENDERS)('%s: proxy-header, on TLS and on plain ports', async (_what, _version, start) => {
    for (const [flow, port] of TLS_AND_PLAIN) {
      await using box = await start(lab.endpoint('klserver', port))
      const [result] = await verify(lab, flow, port, box)
      expect(result?.verdict, result?.explanation).toBe('proxy-header')
      expect(result?.explanation).toContain(
        `a PROXY protocol header arrived at klserver, where none is expected (127.0.0.1 sent one to a port that expects none): the box at 127.0.0.1:${box.port} puts it before the bytes of agent-1`,
      )
      expect(result?.advice).toContain('`send-proxy-v2`')
    }
  })
})

it.skipIf(missing)('from an address that is not believed: proxy-header, which names it', async () => {
  await using lab = await lan({
    proxyProtocol: [{ host: 'klserver', port: 13000, mode: 'optional' }],
    proxyProtocolFrom: ['198.51.100.20'],
  })
  await using box = await haproxy('send-proxy')(lab.endpoint('klserver', 13000))
  const [result] = await verify(lab, '4', 13000, box)
  expect(result?.verdict).toBe('proxy-header')
  expect(result?.explanation).toContain(
    'klserver did not believe the PROXY protocol header that arrived (127.0.0.1 sent one',
  )
  expect(result?.advice).toContain('where 127.0.0.1 is your box')
})

it.skipIf(missing)(
  'at a connection gateway: proxy-header names the gateway, and where it is taken all is delivered',
  async () => {
    const proxyProtocol = [{ host: 'gateway', port: 13000, mode: 'optional' }] as const
    for (const [settings, verdict] of [
      [{}, 'proxy-header'],
      [{ proxyProtocol, proxyProtocolFrom: ['127.0.0.1'] }, 'delivered'],
    ] as const) {
      await using lab = await startLab('gateway', { settings })
      await using box = await haproxy('send-proxy-v2')(lab.endpoint('gateway', 13000))
      const { results } = await lab.verify({
        flows: ['4a-agents'],
        timeout: 1_000,
        route: { 'gateway:13000': box.box },
      })
      expect(results.length).toBeGreaterThan(0)
      for (const result of results) {
        expect(result.verdict, result.explanation).toBe(verdict)
        if (verdict === 'proxy-header')
          expect(result.explanation).toContain('arrived at gateway, where none is expected')
      }
    }
  },
)

it('ksc-lab topology tells which listeners take headers, and from whom', () => {
  const topology = loadTopology('lan')
  const hosts = topology.hosts.map(host =>
    host.name === 'klserver'
      ? { ...host, proxyProtocol: { trusted: ['127.0.0.1'], ports: { 13000: 'expected', 8061: 'off' } } as const }
      : host,
  )
  const { klserver } = describeHosts({ ...topology, hosts }, 'in-process')
  expect(klserver?.proxyProtocolFrom).toEqual(['127.0.0.1'])
  expect(klserver?.listeners.filter(({ proxyProtocol }) => proxyProtocol)).toMatchObject([
    { documented: 13000, transport: 'tcp', proxyProtocol: 'expected' },
  ])
})

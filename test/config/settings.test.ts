/** Settings from the environment: every name, its right and its wrong values. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LabState, openState } from '../../certs/state.ts'
import { startLab } from '../../lab/start-lab.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { refusal } from './kit.ts'

const DEFAULTS = {
  kscVersion: '14.2',
  syncInterval: 900_000,
  helloTimeout: 10_000,
  doNotDisconnectLimit: 300,
  connectTimeout: 30_000,
  readTimeout: 180_000,
  doNotDisconnect: false,
  serverCertificate: null,
  database: null,
  databaseWait: 60_000,
  forwardProxy: null,
  forwardProxyBypass: [],
  gatewayLimit: 10_000,
  pushLimit: 50_000,
  signalKeepAlive: 30_000,
  clientCertFrom: [],
  loginAttempts: 10,
  loginFrom: [],
  twoStepUser: null,
  consoleNewCertificate: 'refuse',
  clientCertHeader: null,
  proxyProtocol: [],
  proxyProtocolFrom: [],
}

const SECONDS = [
  ['KSC_LAB_SYNC_INTERVAL', 'syncInterval'],
  ['KSC_LAB_HELLO_TIMEOUT', 'helloTimeout'],
  ['KSC_LAB_DATABASE_WAIT', 'databaseWait'],
  ['KSC_LAB_CONNECT_TIMEOUT', 'connectTimeout'],
  ['KSC_LAB_READ_TIMEOUT', 'readTimeout'],
  ['KSC_LAB_SIGNAL_KEEPALIVE', 'signalKeepAlive'],
] as const

const MODES =
  'HOST:PORT=MODE with commas between them, as klserver:13000=expected,klserver:8061=optional; modes are expected, optional, off'
const CLIENT_CERT = ['KSC_LAB_CLIENT_CERT_FROM', 'KSC_LAB_CLIENT_CERT_HEADER'] as const

describe('settings', () => {
  it('have the documented defaults', () => {
    expect(readSettings({})).toEqual(DEFAULTS)
  })

  it('that are empty are not set, as compose.yaml leaves them', () => {
    const names = [...SECONDS.map(([name]) => name), 'KSC_LAB_VERSION', 'KSC_LAB_DO_NOT_DISCONNECT', ...CLIENT_CERT]
    expect(readSettings(Object.fromEntries(names.map(name => [name, ''])))).toEqual(DEFAULTS)
  })

  it.each([
    ...SECONDS.flatMap(([name, key]) => [
      [name, '60', { [key]: 60_000 }] as const,
      [name, '0.5', { [key]: 500 }] as const,
      [name, '86400', { [key]: 86_400_000 }] as const,
    ]),
    ['KSC_LAB_VERSION', '13.1', { kscVersion: '13.1' }],
    ['KSC_LAB_VERSION', '14.2', { kscVersion: '14.2' }],
    ['KSC_LAB_VERSION', '15.1', { kscVersion: '15.1' }],
    ['KSC_LAB_VERSION', 'linux-15', { kscVersion: 'linux-15' }],
    ['KSC_LAB_DO_NOT_DISCONNECT_LIMIT', '0', { doNotDisconnectLimit: 0 }],
    ['KSC_LAB_DO_NOT_DISCONNECT_LIMIT', '100000', { doNotDisconnectLimit: 100_000 }],
    ['KSC_LAB_DO_NOT_DISCONNECT', 'yes', { doNotDisconnect: true }],
    ['KSC_LAB_DO_NOT_DISCONNECT', 'no', { doNotDisconnect: false }],
    ['KSC_LAB_TWO_STEP_USER', 'auditor:Pass:word', { twoStepUser: { user: 'auditor', password: 'Pass:word' } }],
    ['KSC_LAB_LOGIN_ATTEMPTS', '0', { loginAttempts: 0 }],
    ['KSC_LAB_CONSOLE_NEW_CERTIFICATE', 'accept', { consoleNewCertificate: 'accept' }],
    ['KSC_LAB_LOGIN_FROM', '127.10.0.20, 192.0.2.0/24', { loginFrom: ['127.10.0.20', '192.0.2.0/24'] }],
    ['KSC_LAB_CLIENT_CERT_FROM', '127.0.0.1', { clientCertFrom: ['127.0.0.1'] }],
    [
      'KSC_LAB_CLIENT_CERT_FROM',
      '198.51.100.0/24, 2001:db8::1',
      { clientCertFrom: ['198.51.100.0/24', '2001:db8::1'] },
    ],
    ['KSC_LAB_CLIENT_CERT_HEADER', 'X-Client-Certificate', { clientCertHeader: 'x-client-certificate' }],
    [
      'KSC_LAB_PROXY_PROTOCOL',
      'klserver:13000=expected, web-console:8080=optional,klserver:8061=off',
      {
        proxyProtocol: [
          { host: 'klserver', port: 13000, mode: 'expected' },
          { host: 'web-console', port: 8080, mode: 'optional' },
          { host: 'klserver', port: 8061, mode: 'off' },
        ],
      },
    ],
    ['KSC_LAB_PROXY_PROTOCOL_FROM', '127.0.0.0/8,::1', { proxyProtocolFrom: ['127.0.0.0/8', '::1'] }],
  ] as const)('%s=%s is that and nothing else', (name, value, expected) => {
    expect(readSettings({ [name]: value })).toEqual({ ...DEFAULTS, ...expected })
  })

  it.each([
    ...SECONDS.flatMap(([name]) =>
      ['0', '-1', '86401', '1e3', '60s', ' 60', '0x10', 'NaN', 'Infinity', '1,5', '.5'].map(
        value => [name, value, 'seconds, more than 0 and at most 86400'] as const,
      ),
    ),
    ...['14', '14.2 ', '99.9', 'latest'].map(
      value => ['KSC_LAB_VERSION', value, '13.1, 14.2, 15.1, linux-15'] as const,
    ),
    ...['-1', '1.5', '100001', 'all', '1e2'].map(
      value => ['KSC_LAB_DO_NOT_DISCONNECT_LIMIT', value, 'a whole number from 0 to 100000'] as const,
    ),
    ...['-1', 'no', '100001'].map(
      value => ['KSC_LAB_LOGIN_ATTEMPTS', value, 'a whole number from 0 to 100000'] as const,
    ),
    [
      'KSC_LAB_LOGIN_FROM',
      'web-console',
      'addresses and networks with commas between them, as 198.51.100.20,127.0.0.0/8',
    ],
    ...['true', '1', 'YES', 'constructor', '__proto__'].map(
      value => ['KSC_LAB_DO_NOT_DISCONNECT', value, 'yes or no'] as const,
    ),
    ...['proxy.example', '127.0.0.1/33', '127.0.0.1/', '1.2.3', '127.0.0.1,', '10.0.0.0/8/8', '::/129'].map(
      value =>
        [
          CLIENT_CERT[0],
          value,
          'addresses and networks with commas between them, as 198.51.100.20,127.0.0.0/8',
        ] as const,
    ),
    ...[
      'klserver',
      'klserver:13000',
      'klserver=expected',
      'klserver:13000=on',
      'klserver:13000=expected,',
      'K:1=off',
    ].map(value => ['KSC_LAB_PROXY_PROTOCOL', value, MODES] as const),
    ['KSC_LAB_PROXY_PROTOCOL', 'klserver:13000=off,klserver:13000=expected', MODES],
    [
      'KSC_LAB_PROXY_PROTOCOL_FROM',
      'my-proxy',
      'addresses and networks with commas between them, as 198.51.100.20,127.0.0.0/8',
    ],
    ...['X Client', 'X-Client:', 'ä'].map(value => [CLIENT_CERT[1], value, 'the name of an HTTP header'] as const),
  ] as const)('%s=%j is refused with what is accepted', (name, value, accepted) => {
    expect(refusal(() => readSettings({ [name]: value }))).toBe(
      `environment: ${name}=${JSON.stringify(value)} is not accepted; expected: ${accepted}`,
    )
  })

  it.each(['auditor:short', 'Administrator:long enough', ':long enough'])(
    'KSC_LAB_TWO_STEP_USER=%s is refused, and the password is not shown',
    value => {
      const words = refusal(() => readSettings({ KSC_LAB_TWO_STEP_USER: value }))
      expect(words).toMatch(
        /^environment: KSC_LAB_TWO_STEP_USER="\w*:\*\*\*" is not accepted; expected: NAME:PASSWORD, /,
      )
      expect(words).not.toContain(value.split(':')[1])
    },
  )

  it('that nobody reads are refused by name, with the known ones', () => {
    const words = refusal(() => readSettings({ KSC_LAB_SYNC_INTERVALL: '60' }))
    expect(words).toContain('environment: KSC_LAB_SYNC_INTERVALL is not known; accepted are ')
    for (const [name] of SECONDS) expect(words).toContain(name)
    expect(words).toContain('KSC_LAB_STATE')
  })

  it.each(['KSC_LAB_', 'KSC_LAB_toString', 'KSC_LAB_version'])('%s is not known', name => {
    expect(refusal(() => readSettings({ [name]: 'x' }))).toContain(`${name} is not known`)
  })

  it('of the command line and of the containers are known', () => {
    const names = ['STATE', 'LOG', 'MANAGEMENT', 'FIREWALL', 'TOPOLOGY', 'AGENTS', 'PORTS', 'ROUTES']
    const others = [...names, 'WEB_CONSOLE_PORT', 'BUILD_NETWORK'].map(name => [`KSC_LAB_${name}`, 'x'])
    expect(readSettings(Object.fromEntries(others))).toEqual(DEFAULTS)
  })

  it('of somebody else are left alone', () => {
    expect(readSettings({ KSC_LAB: 'x', MY_KSC_LAB_THING: 'x', ksc_lab_version: 'x', PATH: '/bin' })).toEqual(DEFAULTS)
  })
})

describe('KSC_LAB_SERVER_CERTIFICATE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-test-'))
  let state: LabState
  beforeAll(async () => {
    const none = { dns: ['localhost'], ip: ['127.0.0.1'] }
    const subjects = {
      klserver: none,
      gateway: none,
      'web-console': none,
      'ios-mdm': none,
      kaspersky: none,
      siem: none,
    }
    state = await openState(join(folder, 'state'), { subjects })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const file = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  it('is read from its file', () => {
    const { cert } = state.credentials.identity('common')
    const { serverCertificate } = readSettings({ KSC_LAB_SERVER_CERTIFICATE: file('right.pem', cert) })
    expect(serverCertificate?.trim()).toBe(cert.trim())
  })

  it.each([
    ['a file that is not there', () => join(folder, 'none.pem')],
    ['a folder', () => folder],
    ['an empty file', () => file('empty.pem', '')],
    ['a text', () => file('text.pem', 'hello')],
    ['a key', () => file('key.pem', state.credentials.identity('common').key)],
    ['half a certificate', () => file('half.pem', state.credentials.identity('common').cert.slice(0, 200))],
  ])('%s is refused', (_what, path) => {
    const given = path()
    expect(refusal(() => readSettings({ KSC_LAB_SERVER_CERTIFICATE: given }))).toBe(
      `environment: KSC_LAB_SERVER_CERTIFICATE=${JSON.stringify(given)} is not accepted; expected: a readable PEM file with the Administration Server certificate`,
    )
  })
})

describe('a lab', () => {
  it.each([
    [
      'an unknown version',
      { kscVersion: '12' as never },
      'KSC version "12" is not known; accepted are 13.1, 14.2, 15.1, linux-15',
    ],
    [
      'an unknown external host',
      { external: ['klserver', 'nobody'] },
      '--external nobody: topology lan has no such host; its hosts are klserver, web-console, admin-pc, agent-1, agent-2, kaspersky',
    ],
    [
      'PROXY protocol at a host that is not there',
      { settings: { proxyProtocol: [{ host: 'klservr', port: 13000, mode: 'expected' }] } },
      'settings: proxyProtocol klservr:13000=expected: topology lan has no such host; its hosts are klserver, web-console, admin-pc, agent-1, agent-2, kaspersky',
    ],
    [
      'PROXY protocol at a port that is not there',
      { settings: { proxyProtocol: [{ host: 'web-console', port: 443, mode: 'optional' }] } },
      'settings: proxyProtocol web-console:443=optional: nothing on web-console listens on 443/tcp; its TCP ports are 8080',
    ],
    [
      'PROXY protocol at a UDP port',
      { settings: { proxyProtocol: [{ host: 'agent-1', port: 15000, mode: 'optional' }] } },
      'settings: proxyProtocol agent-1:15000=optional: nothing on agent-1 listens on 15000/tcp; its TCP ports are none',
    ],
    [
      'PROXY protocol from nobody',
      { settings: { proxyProtocol: [{ host: 'klserver', port: 13000, mode: 'expected' }] } },
      'settings: proxyProtocol klserver:13000=expected: whose headers are believed is not said; set KSC_LAB_PROXY_PROTOCOL_FROM (proxyProtocolFrom) to the addresses or networks of your proxy',
    ],
    [
      'PROXY protocol from what is no address',
      {
        settings: {
          proxyProtocol: [{ host: 'klserver', port: 13000, mode: 'expected' }],
          proxyProtocolFrom: ['my-proxy'],
        },
      },
      'settings: proxyProtocol klserver:13000=expected: proxyProtocolFrom ["my-proxy"]: addresses and networks are expected, as 198.51.100.20, 127.0.0.0/8',
    ],
  ] as const)('does not start with %s', async (_what, options, words) => {
    await expect(startLab('lan', options)).rejects.toMatchObject({ name: 'ConfigError', message: words })
  })

  it.each([
    ['wan', 'no topology "wan"; accepted are '],
    ['../lan', 'no topology "../lan"; accepted are '],
    ['/nowhere/mine.yaml', '/nowhere/mine.yaml: cannot be read (ENOENT)'],
    [`${tmpdir()}/.yaml`, 'cannot be read'],
  ])('does not start from %s', async (topology, words) => {
    await expect(startLab(topology)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(words),
    })
  })
})

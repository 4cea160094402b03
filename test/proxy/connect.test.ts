/** CONNECT byte by byte: what a forward proxy may answer, and what becomes of it in a verdict. */
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { forwardProxyOf, isBypassed, readProxyUrl } from '../../shared/config/forward-proxy.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { run, temporary } from '../cli/kit.ts'

interface Stand extends AsyncDisposable {
  port: number
  heard: string[]
}

/** Whatever stands where the proxy should. */
function standIn(answer: (socket: Socket) => void): Promise<Stand> {
  const heard: string[] = []
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => {})
    socket.once('data', bytes => {
      heard.push(bytes.toString())
      answer(socket)
    })
  })
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { port: number }).port,
        heard,
        async [Symbol.asyncDispose]() {
          for (const socket of open) socket.destroy()
          await new Promise(closed => server.close(closed))
        },
      }),
    ),
  )
}

async function arrow8(proxy: string, timeout = 700): Promise<Result> {
  await using lab = await startLab('lan', {
    external: loadTopology('lan')
      .hosts.map(({ name }) => name)
      .filter(name => name !== 'klserver' && name !== 'kaspersky'),
    settings: { forwardProxy: proxy },
  })
  const [result] = (await lab.verify({ flows: ['8'], timeout })).results
  if (!result) throw new Error('no result')
  return result
}

const behind = async (answer: (socket: Socket) => void, login = ''): Promise<{ result: Result; stand: Stand }> => {
  await using stand = await standIn(answer)
  return { result: await arrow8(`http://${login}127.0.0.1:${stand.port}`), stand }
}

describe('what is said to the proxy', () => {
  it('is CONNECT to the name, and Basic of the percent-decoded user and password', async () => {
    const { stand } = await behind(socket => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), 'ks%20c:p%40s:s%C3%A9@')
    const [head = ''] = stand.heard
    expect(head).toMatch(/^CONNECT kaspersky\.internet\.ksc-lab\.test:\d+ HTTP\/1\.1\r\nHost: kaspersky\./)
    const [, login = ''] = /\r\nProxy-Authorization: Basic ([^\r]*)\r\n/.exec(head) ?? []
    expect(Buffer.from(login, 'base64').toString()).toBe('ks c:p@s:sé')
    expect(head.endsWith('\r\n\r\n')).toBe(true)
  })

  it('holds no login where none is set', async () => {
    const { stand } = await behind(socket => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    expect(stand.heard[0]).not.toContain('Authorization')
  })
})

describe('a proxy that', () => {
  it.each([
    ['closes', (socket: Socket) => socket.end(), 'closed', 'was asked for it and has not answered'],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 'reset', 'was asked for it and has not answered'],
    ['says nothing', () => {}, 'silent', 'was asked for it and has not answered'],
    ['stops in its head', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n'), 'silent', 'has not answered'],
    [
      'is none',
      (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
      'wrong-responder',
      'as an HTTP proxy does',
    ],
    [
      'has an endless head',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}`),
      'wrong-responder',
      'as an HTTP proxy does',
    ],
    [
      'opens the way and closes',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
      'closed',
      'had opened the way (HTTP 200)',
    ],
    [
      'opens the way and speaks plaintext',
      (socket: Socket) => socket.write('HTTP/1.0 200 Connection established\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n'),
      'not-tls',
      'had opened the way (HTTP 200)',
    ],
    [
      'is short of a gateway',
      (socket: Socket) => socket.end('HTTP/1.1 504 Gateway Timeout\r\nserver: Contoso\r\n\r\n'),
      'http-rejected',
      'HTTP 504 (Server: Contoso); kaspersky saw nothing: it got no answer there in time',
    ],
    [
      'knows no CONNECT',
      (socket: Socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n'),
      'http-rejected',
      'HTTP 405 (no Server header); kaspersky saw nothing: it does not do CONNECT',
    ],
  ] as const)('%s', async (_what, answer, verdict, words) => {
    const { result } = await behind(answer)
    expect(result.verdict).toBe(verdict)
    expect(result.explanation).toContain(words)
    expect(result.explanation).toMatch(/the proxy 127\.0\.0\.1:\d+/i)
    expect(result.advice).toContain('proxy')
  })

  it('wants another login than Basic is said to', async () => {
    const { result } = await behind(socket =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n\r\n'),
    )
    expect(result.verdict).toBe('http-rejected')
    expect(result.advice).toContain('asks for Negotiate, and klserver speaks Basic alone')
  })

  it('is not there: refused, of the proxy and not of Kaspersky', async () => {
    const stand = await standIn(() => {})
    await stand[Symbol.asyncDispose]()
    const result = await arrow8(`http://127.0.0.1:${stand.port}`)
    expect(result.verdict).toBe('refused')
    expect(result.explanation).toContain(`refused at 127.0.0.1:${stand.port}/tcp`)
    expect(result.explanation).toContain('kaspersky:443 is reached through this proxy.')
  })

  it('has no address: name-not-resolved, with its name', async () => {
    const result = await arrow8('http://no-such-proxy.invalid:3128', 10_000)
    expect(result.verdict).toBe('name-not-resolved')
    expect(result.explanation).toContain('no-such-proxy.invalid')
  })
})

describe('the command of docs/forward-proxy.md', () => {
  it('goes by the proxy of its environment', async () => {
    const page = readFileSync(new URL('../../docs/forward-proxy.md', import.meta.url), 'utf8')
    const [, proxy = '', command = ''] = /^KSC_LAB_FORWARD_PROXY=(\S+) npx ksc-lab (.*)$/m.exec(page) ?? []
    await using stand = await standIn(socket => socket.end('HTTP/1.1 403 Forbidden\r\nServer: Contoso\r\n\r\n'))
    using state = temporary()
    const here = ['--ports', 'ephemeral', '--state', state.path]
    const ran = await run([...command.split(' '), ...here], {
      KSC_LAB_FORWARD_PROXY: proxy.replace('127.0.0.1:3128', `127.0.0.1:${stand.port}`),
    })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/XX {2}8 .*http-rejected/)
    expect(ran.stdout).toMatch(/XX {2}5 .*http-rejected/)
    expect(Buffer.from(/Basic (\S+)/.exec(stand.heard[0] ?? '')?.[1] ?? '', 'base64').toString()).toBe('user:password')
    expect(ran.stdout + ran.stderr).not.toContain('user:password')
  })
})

describe('settings', () => {
  it.each([
    ['http://proxy:3128', { host: 'proxy', port: 3128, login: null }],
    ['http://proxy:80/', { host: 'proxy', port: 80, login: null }],
    ['http://[::1]:3128', { host: '::1', port: 3128, login: null }],
    ['http://u:p@10.0.0.1:8080', { host: '10.0.0.1', port: 8080, login: { user: 'u', password: 'p' } }],
    ['http://u@proxy:1', { host: 'proxy', port: 1, login: { user: 'u', password: '' } }],
    ['http://u:p%3A%40@proxy:65535', { host: 'proxy', port: 65_535, login: { user: 'u', password: 'p:@' } }],
  ])('%s is read', (url, proxy) => {
    expect(readProxyUrl(url)).toEqual(proxy)
    expect(readSettings({ KSC_LAB_FORWARD_PROXY: url }).forwardProxy).toBe(url)
  })

  it.each([
    'proxy:3128',
    'http://proxy',
    'https://proxy:3128',
    'http://proxy:0',
    'http://proxy:65536',
    'http://proxy:3128/path',
    'http://proxy:3128?x',
    'http://u:%zz@proxy:3128',
    'http://a%3Ab:p@proxy:3128',
    'http://:3128',
    'socks5://proxy:1080',
  ])('%s is refused with what is accepted', url => {
    expect(() => readSettings({ KSC_LAB_FORWARD_PROXY: url })).toThrow(
      `KSC_LAB_FORWARD_PROXY=${JSON.stringify(url.replace(':%zz@', ':***@').replace(':p@', ':***@'))} is not accepted; expected: http://host:port or http://user:password@host:port`,
    )
  })

  it('a refusal does not tell the password', () => {
    expect(() => readSettings({ KSC_LAB_FORWARD_PROXY: 'https://u:secret@proxy:1' })).toThrow('u:***@proxy')
    expect(() => readSettings({ KSC_LAB_FORWARD_PROXY: 'https://u:secret@proxy:1' })).not.toThrow('secret')
  })

  it('a library that gives a wrong one is told at its start', async () => {
    await expect(startLab('lan', { settings: { forwardProxy: 'proxy:3128' } })).rejects.toThrow('http://host:port')
    const settings = { forwardProxy: 'http://proxy:1', forwardProxyBypass: ['a b'] }
    await expect(startLab('lan', { settings })).rejects.toThrow('forwardProxyBypass "a b"')
  })

  it('a bypass list is names set apart by commas', () => {
    expect(readSettings({ KSC_LAB_FORWARD_PROXY_BYPASS: '*.lan.ksc-lab.test, 10.*' }).forwardProxyBypass).toEqual([
      '*.lan.ksc-lab.test',
      '10.*',
    ])
    expect(() => readSettings({ KSC_LAB_FORWARD_PROXY_BYPASS: '10.*,,' })).toThrow('names or addresses')
    expect(() => readSettings({ KSC_LAB_FORWARD_PROXY_BYPASS: '10.0.0.0/8' })).toThrow('names or addresses')
  })

  it.each([
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.exampleXcom', false],
    ['10.*', '10.1.2.3', true],
    ['10.*', '110.1.2.3', false],
    ['KASPERSKY', 'kaspersky', true],
    ['*', 'anything', true],
  ])('%s bypasses %s: %s', (pattern, name, expected) => {
    expect(isBypassed([pattern], [undefined, name])).toBe(expected)
  })
})

describe('a topology', () => {
  let lab: Lab
  const lan = loadTopology('lan')
  const withProxy = {
    ...lan,
    hosts: lan.hosts.map(host =>
      host.name === 'klserver' ? { ...host, forwardProxy: { url: 'http://127.0.0.1:9', bypass: ['10.*'] } } : host,
    ),
  }
  beforeAll(async () => {
    lab = await startLab(withProxy, { external: ['agent-1', 'agent-2', 'web-console', 'admin-pc'] })
  })
  afterAll(() => lab.stop())

  it('says the proxy of a Server', async () => {
    const [result] = (await lab.verify({ flows: ['8'], timeout: 700 })).results
    expect(result?.explanation).toContain('refused at 127.0.0.1:9/tcp')
  })

  it('gives way to the environment', () => {
    const host = { name: 'klserver' } as never
    const of = (environment: NodeJS.ProcessEnv) =>
      forwardProxyOf({ host, topology: withProxy, settings: readSettings(environment) })
    expect(of({})).toEqual({ host: '127.0.0.1', port: 9, login: null, bypass: ['10.*'] })
    expect(of({ KSC_LAB_FORWARD_PROXY: 'http://x:1', KSC_LAB_FORWARD_PROXY_BYPASS: '*.a' })).toMatchObject({
      host: 'x',
      bypass: ['*.a'],
    })
  })
})

/** 19170: who gets a tunnel, whereto, and who does not; with curl as a stranger. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { dial, hello, type Stranger } from '../klserver/kit.ts'
import { type FencedLab, fencedLab, missing } from '../nftables/kit.ts'

const SERVER = '127.10.0.10'
const DEVICE = '127.10.0.101'

describe.skipIf(missing !== null)('a tunnel to a device', () => {
  let lab: FencedLab
  beforeAll(async () => {
    lab = await fencedLab('other-ports')
  }, 60_000)
  afterAll(() => lab?.[Symbol.asyncDispose]())

  const curl = async (
    url: string,
    user = `${lab.ready.credentials.administrator.user}:${lab.ready.credentials.administrator.password}`,
  ) => {
    const way = ['--proxy', `https://${SERVER}:19170`, '--proxy-insecure', '--proxy-user', user, '--proxytunnel']
    const { stdout, stderr } = await lab.run('curl', '-sS', '--http1.1', '-m', '10', ...way, url)
    return { body: stdout, error: stderr }
  }

  it('carries curl to whatever listens on the device', async () => {
    const script = `require('node:http').createServer((q, a) => a.end('the device says ' + q.url)).listen(8000, '${DEVICE}', () => console.log('up'))`
    await using web = lab.background(process.execPath, '-e', script)
    await web.says('up')
    expect(await curl('http://agent-1:8000/hello')).toEqual({ body: 'the device says /hello', error: '' })
  })

  it('to a port where nothing listens is told by the device, and the next one is served', async () => {
    expect((await curl('http://agent-1:8001/')).error).toContain('502')
    expect((await lab.verify('--flow', 'x-klsctunnel')).results.map(({ verdict }) => verdict)).toEqual(['delivered'])
  })

  it('needs the administrator, and a device that there is', async () => {
    expect((await curl('http://agent-1:8000/', 'administrator:wrong')).error).toContain('407')
    expect((await curl('http://agent-9:8000/')).error).toContain('404')
  })

  it('is a CONNECT and nothing else', async () => {
    const { stdout } = await lab.run(
      'curl',
      '-ksS',
      '--http1.1',
      '-w',
      ' %{http_code}',
      `https://${SERVER}:19170/FTSF/klsctunnel`,
    )
    expect(stdout).toBe('only CONNECT device:port is served here, not GET\n 405')
  })

  it('goes by the continuous connection alone: a device without one is refused, and it is said why', async () => {
    await using plain = await fencedLab('lan')
    const { user, password } = plain.ready.credentials.administrator
    const request = `CONNECT agent-1:15000 HTTP/1.1\\r\\nAuthorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\\r\\n\\r\\n`
    const script = `printf '${request}' | timeout 5 openssl s_client -quiet -connect ${SERVER}:19170 2>/dev/null`
    const { stdout } = await plain.run('sh', '-c', script)
    expect(stdout).toContain('HTTP/1.1 409 Conflict')
    expect(stdout).toContain('agent-1 keeps no continuous connection')
  })
})

describe('the way of a tunnel', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab('other-ports', { seed: 1 })
  })
  afterAll(() => lab.stop())

  const connect = async (authority: string) => {
    const { user, password } = lab.state.credentials.administrator
    const stranger = await dial(lab, 19170)
    const login = Buffer.from(`${user}:${password}`).toString('base64')
    stranger.socket.removeAllListeners('data')
    stranger.socket.write(`CONNECT ${authority} HTTP/1.1\r\nAuthorization: Basic ${login}\r\n\r\n`)
    const [answer] = (await once(stranger.socket, 'data')) as [Buffer]
    return { stranger, answer: answer.toString() }
  }

  it('ends when the device goes', async () => {
    const opened: Stranger[] = []
    const open = async () => {
      const { stranger, answer } = await connect('agent-2:15000')
      opened.push(stranger)
      return answer
    }
    // Its continuous connection stands from its first contact on.
    await expect.poll(open).toMatch(/^HTTP\/1.1 200 /)
    const stranger = opened.at(-1) as Stranger
    await lab.stopHost('agent-2')
    await stranger.ended
    expect((await connect('agent-2:15000')).answer).toMatch(/^HTTP\/1.1 409 /)
  })

  it('is not taken by a stranger who makes up an id', async () => {
    using stranger = await dial(lab, 13000)
    const answer = await stranger.ask(hello({ role: 'tunnel', invitation: randomUUID() }))
    expect(answer).toMatchObject({ type: 'error', code: 'no-invitation' })
  })

  it.each(['agent-1', 'agent-1:0', 'agent-1:70000', '/agent-1:15000'])('%s is no device and port', async authority => {
    expect((await connect(authority)).answer).toMatch(/^HTTP\/1.1 400 /)
  })
})

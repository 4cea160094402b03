import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { run, start, temporary, up } from './kit.ts'

const listens = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

describe('ksc-lab up', () => {
  it('says in one JSON line who listens where, lives until SIGINT, and stops with exit 0 within 2 s', async () => {
    using state = temporary()
    const { ready, child } = await up(state.path)
    expect(ready).toMatchObject({
      ready: true,
      topology: 'lan',
      state: state.path,
      credentials: { administrator: { user: 'Administrator' } },
    })
    expect(Object.keys(ready.hosts)).toEqual(['klserver', 'web-console', 'admin-pc', 'agent-1', 'agent-2', 'kaspersky'])
    const { address, listeners } = ready.hosts.klserver ?? { address: '', listeners: [] }
    const tcp = listeners.filter(({ transport }) => transport === 'tcp')
    expect(tcp).toHaveLength(13)
    for (const { port } of tcp) expect(await listens(address, port)).toBe(true)
    expect(listeners.find(({ flow }) => flow.includes('4'))).toMatchObject({
      process: 'klserver',
      transport: 'tcp',
      tls: true,
    })

    const stopping = performance.now()
    child.kill('SIGINT')
    const { code, stderr } = await child.done
    expect(performance.now() - stopping).toBeLessThan(2_000)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { port } of tcp) expect(await listens(address, port)).toBe(false)
  })

  it('is found and used by `verify` in a second terminal', async () => {
    using state = temporary()
    const { child } = await up(state.path)
    const report = await run(['verify', 'lan', '--flow', '4,9a', '--json', '--state', state.path])
    expect(report.stderr).toContain(`using the lab that runs as process ${child.pid}`)
    expect(JSON.parse(report.stdout).summary).toEqual({ total: 3, asExpected: 3, unexpected: 0, skipped: 0 })
    child.kill('SIGTERM')
    expect((await child.done).code).toBe(0)
    // A lab that is gone is not asked any more.
    const alone = await run(['verify', 'lan', '--flow', '4', '--ports', 'ephemeral', '--state', state.path])
    expect(alone.code).toBe(0)
    expect(alone.stderr).not.toContain('using the lab')
  })

  it('in a second terminal says in one line who holds the port, and exits 3', async ({ skip }) => {
    if (process.platform !== 'linux') skip('only Linux has all of 127.0.0.0/8')
    using first = temporary()
    using second = temporary()
    const { child } = await up(first.path, [])
    const { code, stdout, stderr } = await run(['up', 'lan', '--state', second.path])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(
      /^ksc-lab: klserver cannot listen on 127\.10\.0\.10:13000\/tcp: the port is held by .*up lan.* \(pid \d+\); .*--ports ephemeral\n$/,
    )
    expect(stderr).toContain(`pid ${child.pid}`)
    child.kill('SIGINT')
    await child.done
  })

  it('prints a table for people, with the Web Console, the password and the next step', async () => {
    using state = temporary()
    const child = start(['up', 'lan', '--ports', 'ephemeral', '--state', state.path])
    let text = ''
    child.stdout?.on('data', chunk => {
      text += chunk
    })
    while (!text.includes('Ctrl-C')) await once(child.stdout ?? child, 'data')
    child.kill('SIGINT')
    await child.done
    expect(text).toMatch(/Web Console {2}https:\/\/127\.0\.0\.1:\d+\/ {3}user Administrator {3}password \S{16}/)
    expect(text).toContain('ksc-lab verify lan')
  })
})

describe('state folder', () => {
  it('that is not ours is refused with exit 3 and one line', async () => {
    const { code, stderr } = await run(['up', 'lan', '--state', '/etc'])
    expect(code).toBe(3)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('/etc is not a state folder of ksc-lab')
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { KINDS, type Ports } from './ends.ts'
import { freePort, HERE } from './listening.ts'
import type { Rival } from './rival.ts'

/** Two sockets a connection stay below the usual hard limit of 20,000 files. */
const CONNECTIONS = 8_000

interface Haproxy {
  name: string
  backs: Ports
  /** Lines of `global`. */
  global?: string
  /** More of every `listen`. */
  listen?: string
  /** PEM of certificate and key: ends TLS. */
  identity?: string
}

export async function haproxy({ name, backs, global = '', listen = '', identity }: Haproxy): Promise<Rival> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
  const file = join(folder, 'cfg')
  const pem = join(folder, 'pem')
  if (identity) writeFileSync(pem, identity)
  const ports = {} as Ports
  for (const kind of KINDS) ports[kind] = await freePort()
  const sections = KINDS.map(kind =>
    [
      `listen ${kind}`,
      ` bind ${HERE}:${ports[kind]}${identity ? ` ssl crt ${pem}` : ''}`,
      listen,
      ` server back ${HERE}:${backs[kind]}`,
    ].join('\n'),
  )
  const defaults = `defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n maxconn ${CONNECTIONS}`
  writeFileSync(file, `global\n maxconn ${CONNECTIONS}\n${global}\n${defaults}\n${sections.join('\n')}\n`)
  const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] })
  child.once('error', () => {
    throw new Error('haproxy cannot be started; it has to be installed')
  })
  const kill = () => void child.kill('SIGKILL')
  process.on('exit', kill)
  await answers(ports.greet)
  return {
    name,
    pid: child.pid ?? 0,
    towards: kind => Promise.resolve(ports[kind]),
    async stop() {
      process.off('exit', kill)
      kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect({ port, host: HERE })
    const heard = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (heard) return
    await sleep(50)
  }
  throw new Error('haproxy did not come up')
}

/**
 * What passing bytes between two connections costs, beside HAProxy (mode tcp, with its own buffers of 16 KiB and with
 * 256 KiB) and beside no gateway at all. Source, sink and carrier are a process each, on loopback. Bounded: some three
 * seconds for each figure. HAProxy has to be installed.
 *
 *   node bench/carry.ts [what ...]
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { handleOf, readInto, setReading } from '../shared/net/carry/handle.ts'
import { carry } from '../shared/net/carry.ts'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
const WARM_UP_MS = 700
/** Linux counts the processor time of a process in hundredths of a second. */
const TICK_MS = 10
/** Leaves room for the two sockets of a pair in one process below the usual hard limit of 20,000 files. */
const IDLE_PAIRS = 5_000
const CHUNK = 256 * 1024
const SCRATCH = Buffer.alloc(CHUNK)

const KINDS = ['sink', 'source', 'echo'] as const
type Kind = (typeof KINDS)[number]
type Ports = Record<Kind, number>
interface Asked {
  ask: string
  [more: string]: unknown
}

const roles: Record<string, () => Promise<(asked: Asked) => unknown>> = {
  /** Sink, source and echo. */
  async server() {
    let received = 0
    const sink = await listening(socket => discard(socket, bytes => (received += bytes)))
    const source = await listening(fill)
    const echo = await listening(socket =>
      socket.on('data', chunk => socket.write(chunk)).on('end', () => socket.end()),
    )
    return ({ ask }) => (ask === 'ports' ? { sink, source, echo } : received)
  },
  async client() {
    let received = 0
    let open: Socket[] = []
    const waits: number[] = []
    let measuring = false
    const dial = (port: number) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      open.push(socket.on('error', () => {}))
      return socket
    }
    return async ({ ask, port, count }) => {
      const many = Array.from({ length: Number(count ?? 0) })
      if (ask === 'upload') for (const _ of many) fill(dial(Number(port)))
      if (ask === 'download')
        for (const _ of many) {
          const callback = (bytes: number) => {
            received += bytes
            return true
          }
          const onread = { buffer: SCRATCH, callback }
          open.push(connect({ port: Number(port), host: '127.0.0.1', onread }).on('error', () => {}))
        }
      if (ask === 'ping')
        for (const _ of many) {
          const socket = dial(Number(port))
          const ball = Buffer.alloc(64, 1)
          let sent = performance.now()
          let missing = ball.length
          socket.write(ball)
          socket.on('data', chunk => {
            missing -= chunk.length
            if (missing > 0) return
            const at = performance.now()
            if (measuring) waits.push(at - sent)
            sent = at
            missing = ball.length
            socket.write(ball)
          })
        }
      if (ask === 'idle')
        for (let done = 0; done < many.length; done += 250) {
          const some = many.slice(done, done + 250).map(async () => {
            const socket = dial(Number(port))
            socket.write(Buffer.alloc(64))
            await once(socket, 'data')
          })
          await Promise.all(some)
        }
      if (ask === 'measure') measuring = true
      if (ask === 'waits') {
        measuring = false
        const sorted = Float64Array.from(waits.splice(0)).sort()
        return {
          p50: sorted[Math.floor(sorted.length / 2)],
          p99: sorted[Math.floor(sorted.length * 0.99)],
          n: sorted.length,
        }
      }
      if (ask === 'close') {
        for (const socket of open) socket.destroy()
        open = []
      }
      return received
    }
  },
  async carrier() {
    return async ({ backs }) => {
      const fronts = Object.entries(backs as Ports).map(async ([kind, port]) => [kind, await relay(port)])
      return Object.fromEntries(await Promise.all(fronts))
    }
  },
}

const relay = (port: number) =>
  listening(one => {
    const other = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const late = () => one.destroy()
    other.once('error', late)
    other.once('connect', () => {
      other.off('error', late)
      carry({ stream: one, raw: one }, { stream: other, raw: other })
    })
  })

async function listening(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    socket.on('error', () => {})
    serve(socket)
  })
  await once(server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }), 'listening')
  return (server.address() as AddressInfo).port
}

/** Reads as cheaply as the carrier does, so that the sink is not what is measured. */
function discard(socket: Socket, count: (bytes: number) => void): void {
  const handle = handleOf(socket)
  if (handle === null) throw new Error('this Node has other handles')
  readInto(handle, SCRATCH, bytes => {
    count(bytes)
    return undefined
  })
  setReading(socket, true)
}

function fill(socket: Socket): void {
  const chunk = Buffer.alloc(CHUNK, 'x')
  const more = () => {
    while (socket.writable && socket.write(chunk));
  }
  socket.on('drain', more)
  more()
}

class Role {
  readonly child: ChildProcess
  constructor(name: string) {
    this.child = fork(fileURLToPath(import.meta.url), ['role', name], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }
  async ask<T = number>(ask: string, more: object = {}): Promise<T> {
    this.child.send({ ask, ...more })
    const [answer] = await once(this.child, 'message')
    return answer as T
  }
}

interface Gateway {
  name: string
  pid: number | null
  ports: Ports
  stop(): void
}

async function haproxy(name: string, backs: Ports, tune: string): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'carry-bench-'))
  const ports = {} as Ports
  for (const kind of KINDS) {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ports[kind] = (server.address() as AddressInfo).port
    server.close()
  }
  const lines = KINDS.map(
    kind => `listen ${kind}\n bind 127.0.0.1:${ports[kind]}\n server back 127.0.0.1:${backs[kind]}`,
  )
  const defaults = 'defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n maxconn 8000'
  writeFileSync(join(folder, 'cfg'), `global\n maxconn 8000\n${tune}\n${defaults}\n${lines.join('\n')}\n`)
  const child = spawn('haproxy', ['-db', '-q', '-f', join(folder, 'cfg')], { stdio: ['ignore', 'inherit', 'inherit'] })
  await sleep(500)
  const stop = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
  return { name, pid: child.pid ?? null, ports, stop }
}

async function carrier(backs: Ports): Promise<Gateway> {
  const role = new Role('carrier')
  const ports = await role.ask<Ports>('relay', { backs })
  return { name: 'carry', pid: role.child.pid ?? null, ports, stop: () => role.child.kill('SIGKILL') }
}

/** Milliseconds of processor time, of all threads. */
function cpu(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

function privateKiB(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)
  return [...lines].reduce((sum, [, kib]) => sum + Number(kib), 0)
}

type Figures = Record<string, number>
type Case = (gateway: Gateway, server: Role, client: Role) => Promise<Figures>

const bulk =
  (way: 'upload' | 'download', count: number): Case =>
  async ({ ports, pid }, server, client) => {
    const receiver = way === 'upload' ? server : client
    await client.ask(way, { count, port: way === 'upload' ? ports.sink : ports.source })
    await sleep(WARM_UP_MS)
    const before = { at: performance.now(), bytes: await receiver.ask('received'), cpu: pid ? cpu(pid) : 0 }
    await sleep(SECONDS * 1_000)
    const bytes = (await receiver.ask('received')) - before.bytes
    const used = pid ? cpu(pid) - before.cpu : 0
    const seconds = (performance.now() - before.at) / 1_000
    return { 'GB/s': bytes / seconds / 1e9, 'CPU s/GB': used / 1e3 / (bytes / 1e9) }
  }

const ping =
  (beside: number): Case =>
  async ({ ports, pid }, _server, client) => {
    const other = beside > 0 ? new Role('client') : null
    await other?.ask('download', { count: beside, port: ports.source })
    await client.ask('ping', { count: 64, port: ports.echo })
    await sleep(WARM_UP_MS)
    await client.ask('measure')
    const before = pid ? cpu(pid) : 0
    await sleep(SECONDS * 1_000)
    const used = pid ? cpu(pid) - before : 0
    const { p50, p99, n } = await client.ask<{ p50: number; p99: number; n: number }>('waits')
    other?.child.kill('SIGKILL')
    return { 'p50 ms': p50, 'p99 ms': p99, 'k/s': n / SECONDS / 1e3, 'CPU µs': (used / n) * 1e3 }
  }

const idle: Case = async ({ ports, pid }, _server, client) => {
  if (pid === null) return {}
  const before = privateKiB(pid)
  await client.ask('idle', { count: IDLE_PAIRS, port: ports.echo })
  await sleep(2_000)
  return { 'KiB/pair': (privateKiB(pid) - before) / IDLE_PAIRS }
}

const cases: Record<string, Case> = {
  'upload 1': bulk('upload', 1),
  'upload 8': bulk('upload', 8),
  'upload 64': bulk('upload', 64),
  'download 1': bulk('download', 1),
  'download 8': bulk('download', 8),
  'download 64': bulk('download', 64),
  'ping 64': ping(0),
  'ping 64 + bulk': ping(1),
  'idle 5000': idle,
}

async function main(wanted: string[]): Promise<void> {
  console.log(`| case | figure | direct | HAProxy | HAProxy 256 KiB | carry | / HAProxy | / 256 KiB |`)
  console.log('|---|---|---|---|---|---|---|---|')
  for (const [name, run] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.some(word => name.startsWith(word))) continue
    const table: Figures[] = []
    for (const which of ['direct', 'default', 'tuned', 'carry']) {
      if (process.env.BENCH_ONLY && !process.env.BENCH_ONLY.includes(which)) {
        table.push({})
        continue
      }
      // The source has a process of its own: the more a gateway takes from it, the later an echo beside it would be.
      const [server, source, client] = [new Role('server'), new Role('server'), new Role('client')]
      const backs = { ...(await server.ask<Ports>('ports')), source: (await source.ask<Ports>('ports')).source }
      let gateway: Gateway = { name: 'direct', pid: null, ports: backs, stop: () => {} }
      if (which === 'default') gateway = await haproxy('HAProxy', backs, '')
      if (which === 'tuned') gateway = await haproxy('HAProxy 256 KiB', backs, ' tune.bufsize 262144')
      if (which === 'carry') gateway = await carrier(backs)
      table.push(await run(gateway, server, client))
      for (const { child } of [server, source, client]) child.kill('SIGKILL')
      gateway.stop()
      await sleep(200)
    }
    const [direct, standard, tuned, ours] = table as [Figures, Figures, Figures, Figures]
    for (const figure of new Set(table.flatMap(Object.keys))) {
      const cell = (figures: Figures) => (figures[figure] === undefined ? '' : figures[figure].toPrecision(3))
      const ratio = (to: Figures) => ((ours[figure] ?? 0) / (to[figure] ?? 0)).toFixed(2)
      const cells = [name, figure, ...[direct, standard, tuned, ours].map(cell), ratio(standard), ratio(tuned)]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
}

if (process.argv[2] === 'role') {
  const answer = await roles[process.argv[3] ?? '']?.()
  process.on('message', async (asked: Asked) => process.send?.(await answer?.(asked)))
} else await main(process.argv.slice(2))

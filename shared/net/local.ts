import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { now } from '../journal/clock.ts'
import { established } from './connection.ts'
import { NetError } from './errors.ts'
import type { Connection, Listener } from './host.ts'
import type { Scribe } from './scribe.ts'
import { firstOf } from './wait.ts'

/** Local sockets have no address; the journal shows their name as one. */
const at = (name: string) => ({ address: `local:${name}`, port: 0 })

/** Where the local sockets of one process lie. A path may not exceed 107 bytes (unix(7)), so not in the state folder. */
export class LocalSockets {
  #folder: string | null = null

  path(host: string, name: string): string {
    if (process.platform === 'win32') return `\\\\.\\pipe\\ksc-lab-${process.pid}-${host}-${name}`
    this.#folder ??= mkdtempSync(join(tmpdir(), 'ksc-lab-'))
    return join(this.#folder, `${host}.${name}`)
  }

  remove(): void {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = null
  }
}

export async function dialLocal(scribe: Scribe, path: string, name: string, timeout: number): Promise<Connection> {
  const startedAt = now()
  scribe.observe({ what: 'connecting', detail: { to: `local:${name}`, ...at(name) } })
  const socket = connect({ path })
  socket.on('error', () => {})
  try {
    await firstOf(socket, 'connect', { timeout, what: `connecting to the local ${name}` })
  } catch (cause) {
    socket.destroy()
    // ENOENT: nobody has made the socket, which is what a refused port is on a network.
    const code =
      (cause as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'ECONNREFUSED'
        : ((cause as NodeJS.ErrnoException).code ?? 'UNKNOWN')
    scribe.observe({ what: 'connect-failed', detail: { code, after: Math.round(now() - startedAt) } })
    throw new NetError(code, `the local ${name}: ${code}`, { cause })
  }
  const ends = { local: at('caller'), remote: at(name) }
  scribe.observe({ what: 'connected', detail: ends })
  return established({ scribe, end: 'initiator', stream: socket, raw: socket, ...ends })
}

export async function listenLocal(
  path: string,
  name: string,
  newScribe: () => Scribe,
  onConnection: (connection: Connection) => void,
): Promise<Listener> {
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket)).on('error', () => {})
    const scribe = newScribe()
    const ends = { local: at(name), remote: at('caller') }
    scribe.observe({ what: 'accepted', detail: ends })
    onConnection(established({ scribe, end: 'responder', stream: socket, raw: socket, ...ends }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return {
    port: 0,
    bound: at(name),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** Real programs that stand between two hosts of a lab: started with a configuration of the test's, gone with it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a configuration is written for. */
export interface BoxPlace {
  /** Temporary; holds the files, and goes with the box. */
  folder: string
  /** A free port of 127.0.0.1 to listen on. */
  port: number
}

export interface BoxProgram {
  command: string
  args: (place: BoxPlace & { file: string }) => string[]
  configuration: (place: BoxPlace) => string
  /** Written into the folder before the start: `{ 'own.pem': text }`. */
  files?: Readonly<Record<string, string>>
}

export interface Box extends AsyncDisposable {
  port: number
  /** For `route` of `lab.verify`. */
  box: { host: string; port: number }
  /** What it has written to stderr so far. */
  said: () => string
}

/** ms; nginx and HAProxy take some 50. */
const START = 10_000

export async function startBox({ command, args, configuration, files = {} }: BoxProgram): Promise<Box> {
  const folder = mkdtempSync(join(tmpdir(), `ksc-lab-${command}-`))
  const place = { folder, port: await freePort() }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const file = join(folder, 'box.conf')
  writeFileSync(file, configuration(place))
  const child = spawn(command, args({ ...place, file }), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const stop = async () => {
    if (await running(child)) {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const until = Date.now() + START
  while (!(await listens(place.port))) {
    if ((await running(child)) && Date.now() < until) continue
    await stop()
    throw new Error(`${command} does not listen: ${said}`)
  }
  return {
    port: place.port,
    box: { host: '127.0.0.1', port: place.port },
    said: () => said,
    [Symbol.asyncDispose]: stop,
  }
}

/** Nobody else takes the number between its release and the start: the test has its own loopback, or is alone with it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function running(child: ChildProcess): Promise<boolean> {
  await sleep(20)
  return child.exitCode === null && child.signalCode === null
}

const listens = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1')
    const over = (ok: boolean) => {
      socket.destroy()
      resolve(ok)
    }
    socket.once('connect', () => over(true)).once('error', () => over(false))
  })

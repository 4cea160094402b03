/** Real database servers for one test file, in a folder and on a port of 127.0.0.1 of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const USER = 'klserver'
/** With what a URL has to encode. */
export const PASSWORD = 'p@ss/word:1'

export interface DatabaseServer extends AsyncDisposable {
  readonly port: number
  /** `?tls=...` where asked for. */
  url(options?: string, login?: string): string
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>
  start(): Promise<void>
  sql(statement: string): string
}

/** Where PostgreSQL's own programs are: Debian puts them beside each other by version. */
export const POSTGRES_BIN =
  ['/usr/lib/postgresql']
    .filter(existsSync)
    .flatMap(folder => readdirSync(folder).map(version => join(folder, version, 'bin')))
    .findLast(folder => existsSync(join(folder, 'postgres'))) ?? ''

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the database server ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (up) return
    await sleep(50)
  }
  throw new Error(`nothing listens on ${port}`)
}

interface Recipe {
  scheme: string
  /** Makes the folder's content. */
  prepare(folder: string): void
  run(folder: string, port: number): ChildProcess
  sql(folder: string, port: number, statement: string, database: string): string
  statements: readonly string[]
}

async function startServer(recipe: Recipe): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-dbms-'))
  const port = await freePort()
  let child: ChildProcess | null = null
  const server: DatabaseServer = {
    port,
    url: (options = '', login = `${USER}:${encodeURIComponent(PASSWORD)}`) =>
      `${recipe.scheme}://${login}@127.0.0.1:${port}/ksc${options}`,
    async start() {
      child = recipe.run(folder, port)
      await listening(port, child)
      // PostgreSQL listens before it has recovered.
      for (let tries = 0; ; tries += 1)
        try {
          recipe.sql(folder, port, 'select 1', '')
          return
        } catch (error) {
          if (tries === 100) throw error
          await sleep(50)
        }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
      // PostgreSQL's own children see that and go; its port is free when they have.
      await sleep(100)
    },
    sql: statement => recipe.sql(folder, port, statement, 'ksc'),
    async [Symbol.asyncDispose]() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  try {
    recipe.prepare(folder)
    await server.start()
    for (const statement of recipe.statements) recipe.sql(folder, port, statement, '')
    return server
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

const root = process.getuid?.() === 0
/** Neither may be anybody's on a shared machine. */
const quiet = { stdio: 'ignore', env: { PATH: process.env.PATH, LC_ALL: 'C' } } as const

/** @param options of mariadbd, for example certificates */
export const startMariadb = (options: readonly string[] = []): Promise<DatabaseServer> =>
  startServer({
    scheme: 'mysql',
    prepare: folder =>
      void execFileSync(
        'mariadb-install-db',
        [
          '--no-defaults',
          `--datadir=${folder}/data`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          ...(root ? ['--user=root'] : []),
        ],
        quiet,
      ),
    run: (folder, port) =>
      spawn(
        'mariadbd',
        [
          '--no-defaults',
          `--datadir=${folder}/data`,
          `--socket=${folder}/s`,
          `--port=${port}`,
          '--bind-address=127.0.0.1',
          '--innodb-buffer-pool-size=64M',
          ...(root ? ['--user=root'] : []),
          ...options,
        ],
        quiet,
      ),
    sql: (folder, _, statement, database) =>
      execFileSync(
        'mariadb',
        ['--no-defaults', '-S', `${folder}/s`, '-u', 'root', '-N', '-e', statement, database].filter(Boolean),
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ).trim(),
    statements: [
      `create database ksc; create user '${USER}'@'127.0.0.1' identified by '${PASSWORD}'; grant all on ksc.* to '${USER}'@'127.0.0.1'`,
    ],
  })

const POSTGRES_ID = () => Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))

export const startPostgres = (options: readonly string[] = []): Promise<DatabaseServer> => {
  // PostgreSQL refuses to be run by root.
  const as = root ? { uid: POSTGRES_ID(), gid: POSTGRES_ID() } : {}
  const psql = (folder: string, port: number, statement: string, database: string) =>
    execFileSync(
      join(POSTGRES_BIN, 'psql'),
      [
        '-X',
        '-h',
        folder,
        '-p',
        `${port}`,
        '-U',
        'admin',
        '-At',
        '-v',
        'ON_ERROR_STOP=1',
        '-c',
        statement,
        database || 'postgres',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    ).trim()
  return startServer({
    scheme: 'postgres',
    prepare: folder => {
      if (as.uid !== undefined) chownSync(folder, as.uid, as.gid)
      mkdirSync(join(folder, 'data'), { mode: 0o700 })
      if (as.uid !== undefined) chownSync(join(folder, 'data'), as.uid, as.gid)
      execFileSync(
        join(POSTGRES_BIN, 'initdb'),
        [
          '-D',
          `${folder}/data`,
          '-U',
          'admin',
          '--auth-local=trust',
          '--auth-host=scram-sha-256',
          '-E',
          'UTF8',
          '--no-sync',
        ],
        { ...quiet, ...as, cwd: folder },
      )
    },
    run: (folder, port) =>
      spawn(
        join(POSTGRES_BIN, 'postgres'),
        ['-D', `${folder}/data`, '-k', folder, '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', ...options],
        { ...quiet, ...as, cwd: folder },
      ),
    sql: psql,
    statements: [`create role ${USER} login password '${PASSWORD}'`, `create database ksc owner ${USER}`],
  })
}

/** A Network Agent on real sockets, and an Administration Server that does as the test says. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { vi } from 'vitest'
import { start } from '../../services/klnagent/index.ts'
import type { Listener } from '../../shared/net/host.ts'
import { type Handlers, SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Session } from '../../shared/net/session.ts'
import type { ExerciseTask, Service, ServiceSettings } from '../../shared/service.ts'
import { readNotice } from '../../shared/wire/datagram.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { Ground } from '../klserver/alone.ts'

export { openGround } from '../klserver/alone.ts'
export { journalled, noted } from '../klserver/kit.ts'

interface Behaviour {
  welcome?: (hello: Messages['hello'], session: Session) => Partial<Messages['welcome']>
  handlers?: Handlers<null>
  /** Which certificate 13000 presents; asked at every handshake. */
  use?: () => string
}

export interface FakeServer extends AsyncDisposable {
  readonly hellos: (Messages['hello'] & { at: number })[]
  readonly syncs: Messages['sync'][]
  readonly events: Messages['event'][]
  /** Agent ids in authenticated shutdown notices. */
  readonly turnedOff: string[]
  readonly sessions: Session[]
  stop(): Promise<void>
}

/** 13000 TLS and UDP, and 14000, on free ports that the ground's hosts find; may be stopped and started anew. */
export async function startFakeServer(
  ground: Ground,
  { welcome = () => ({}), handlers = {}, use = () => 'common' }: Behaviour = {},
): Promise<FakeServer> {
  const { credentials } = ground.state
  const seen = {
    hellos: [] as FakeServer['hellos'],
    syncs: [] as Messages['sync'][],
    events: [] as Messages['event'][],
    turnedOff: [] as string[],
    sessions: [] as Session[],
  }
  const noticeKey = randomBytes(32)
  const agent: Handlers<null> = {
    sync: (_, { id, nonce }) => ({ type: 'synced', id, nonce, policies: [], tasks: [], noticeKey }),
    event: (_, { id, nonce, eventId }) => ({ type: 'stored', id, nonce, eventId, known: false }),
    ping: (_, { id }) => ({ type: 'pong', id }),
    ...handlers,
  }
  const sessions = new SessionServer<null>({
    roles: {
      agent: {
        ...agent,
        sync: (context, message, session) => {
          seen.syncs.push(message)
          return agent.sync?.(context, message, session)
        },
        event: (context, message, session) => {
          seen.events.push(message)
          return agent.event?.(context, message, session)
        },
      },
    },
    async welcome(hello, session) {
      seen.hellos.push({ ...hello, at: performance.now() })
      seen.sessions.push(session)
      const { nonce } = hello
      const answer = { type: 'welcome', host: 'klserver', version: '14.2', nonce, keep: 'not-asked' } as const
      return { welcome: { ...answer, ...welcome(hello, session) }, context: null }
    },
    log: pino({ level: 'silent' }),
  })
  const host = ground.host('klserver')
  const listeners: Listener[] = [
    await host.listen(13000, { tls: () => credentials.identity(use()) }, sessions.accept),
    await host.listen(14000, {}, sessions.accept),
    await host.udp(13000, ({ bytes }) => {
      const { notice, body, proof } = readNotice(bytes)
      const right = timingSafeEqual(proof, createHmac('sha256', noticeKey).update(body).digest())
      if (notice.kind === 'shutdown' && right) seen.turnedOff.push(notice.agentId)
    }),
  ]
  let stopping: Promise<void> | null = null
  const close = async () => {
    await sessions.stop()
    await Promise.all(listeners.map(listener => listener.close()))
  }
  const stop = () => (stopping ??= close())
  return { ...seen, stop, [Symbol.asyncDispose]: stop }
}

/** A Server that was never there: its ports are known and closed. */
export const startNoServer = async (ground: Ground): Promise<void> => (await startFakeServer(ground)).stop()

export interface TestAgent extends Service, AsyncDisposable {
  /** Sentences of the log, from warnings up. */
  readonly warnings: string[]
}

export async function startAgent(
  ground: Ground,
  settings: Partial<ServiceSettings> = {},
  name = 'agent-1',
  random?: () => number,
): Promise<TestAgent> {
  const warnings: string[] = []
  const log = pino({ level: 'warn' }, { write: line => void warnings.push(line) })
  const service = await start({ ...ground.context(name, settings, log), ...(random ? { random } : {}) })
  return { ...service, warnings, [Symbol.asyncDispose]: service.stop }
}

/** An agent that comes back only after most of a minute, however slow the machine: what is seen meanwhile is no second try of its own. */
export const startPatientAgent = (ground: Ground, settings: Partial<ServiceSettings> = {}): Promise<TestAgent> =>
  startAgent(ground, settings, 'agent-1', () => 100)

/** Where an agent keeps what it knows. */
export const fileOf = (ground: Ground, name = 'agent-1'): string => join(ground.state.folder(name), 'agent.json')

export interface KeptFile {
  agentId: string
  held: string[]
  outbox: { eventId: string; kind: string; text: string }[]
  lastSync: number | null
}
export const keptBy = (ground: Ground, name = 'agent-1'): KeptFile =>
  JSON.parse(readFileSync(fileOf(ground, name), 'utf8')) as KeptFile

/** Resolves when it holds; what it waits for is an effect on the other side, so there is no event of ours to await. */
export const until = (holds: () => boolean, timeout = 5_000): Promise<unknown> =>
  vi.waitUntil(holds, { timeout, interval: 5 })

export const task = (flow: string, port: number, more: Partial<ExerciseTask> = {}): ExerciseTask => ({
  flow,
  nonce: randomUUID(),
  to: { host: 'klserver', port },
  servername: 'klserver',
  timeout: 500,
  signal: new AbortController().signal,
  ...more,
})

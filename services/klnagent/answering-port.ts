/** 13000 of a Network Agent that answers others: as connection gateway, as distribution point, or as both behind one listener. */
import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import type { Connection, ListenOptions } from '../../shared/net/host.ts'
import { type Greeting, type Handlers, SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Session } from '../../shared/net/session.ts'
import type { ServiceContext } from '../../shared/service.ts'
import type { SessionRole } from '../../shared/wire/messages/hello.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'

/** One role of `hello`: what it may send, and who is welcome as such. @throws NetError to refuse */
interface AnsweredRole<Context> {
  handlers: Handlers<Context>
  greet(
    hello: Messages['hello'],
    session: Session,
  ): Omit<Greeting<Context>, 'welcome'> & { self?: Pick<Messages['welcome'], 'agentId' | 'os'> }
}

/** Forgets the context's type: a session's handlers are given what its own `greet` gave, and nothing else. */
export const answeredRole = <Context>(role: AnsweredRole<Context>): AnsweredRole<never> =>
  role as unknown as AnsweredRole<never>

/** What one mode of the agent brings to its 13000. */
export interface AnsweringMode {
  roles: Partial<Record<SessionRole, AnsweredRole<never>>>
  listen?: Pick<ListenOptions, 'clientCertificate' | 'ownNames' | 'passOn'>
  /** Ports of which nothing is answered here. */
  more?: readonly { port: number; passOn: NonNullable<ListenOptions['passOn']> }[]
  /** ms without a message after which a session here is over. */
  readTimeout?: number
  /** Before the listener closes, since it ends in order whatever it still holds. */
  stop?(): void
}

interface Answering {
  stop(): Promise<void>
}

/** One session server for one port of the agent, with the roles of a mode or of several. */
export function answer(
  modes: readonly AnsweringMode[],
  { host, settings, log }: Pick<ServiceContext, 'host' | 'settings' | 'log'>,
): SessionServer<never> {
  const roles: AnsweringMode['roles'] = Object.assign({}, ...modes.map(mode => mode.roles))
  const handlers = Object.entries(roles).map(([role, { handlers }]) => [role, { ...handlers, ping }])
  return new SessionServer<never>({
    roles: Object.fromEntries(handlers) as Partial<Record<SessionRole, Handlers<never>>>,
    async welcome(hello, session) {
      const { self, ...greeting } = roles[hello.role]?.greet(hello, session) ?? {}
      const welcome = {
        type: 'welcome',
        host: host.name,
        version: settings.kscVersion,
        nonce: hello.nonce,
        keep: hello.keep ? 'granted' : 'not-asked',
        ...self,
      } as const
      return { welcome, ...(greeting as Omit<Greeting<never>, 'welcome'>) }
    },
    helloTimeout: settings.helloTimeout,
    readTimeout: Math.min(...modes.map(({ readTimeout = settings.readTimeout }) => readTimeout)),
    log,
  })
}

/** The certificate is one that the Server's own has issued: whoever holds that one can tell a stranger's. */
export async function openAnsweringPort(modes: readonly AnsweringMode[], context: ServiceContext): Promise<Answering> {
  const { host, credentials, settings } = context
  const sessions = answer(modes, context)
  await using opened = new AsyncDisposableStack()
  const listening = async (port: number, options: ListenOptions, accept: (connection: Connection) => void) =>
    void opened.adopt(await host.listen(port, options, accept), listener => listener.close())
  const { helloTimeout: handshakeTimeout } = settings
  await listening(
    13000,
    {
      tls: () => credentials.identity('gateway'),
      handshakeTimeout,
      ...Object.assign({}, ...modes.map(({ listen }) => listen)),
    },
    sessions.accept,
  )
  for (const { port, passOn } of modes.flatMap(({ more = [] }) => more))
    await listening(port, { tls: () => credentials.identity('gateway'), handshakeTimeout, passOn }, refused =>
      refused.close(),
    )
  const running = opened.move()
  return {
    async stop() {
      for (const mode of modes) mode.stop?.()
      await Promise.all([sessions.stop(), running.disposeAsync()])
    },
  }
}

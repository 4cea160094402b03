import type { Logger } from 'pino'
import type { SessionRole } from '../wire/messages/hello.ts'
import type { Message, Messages, MessageType } from '../wire/messages/index.ts'
import { NetError } from './errors.ts'
import type { Connection } from './host.ts'
import { Session } from './session.ts'

/** Answers one kind of message; what it returns is sent. A NetError becomes an `error` answer with its code and words. */
export type Handler<Context, Type extends MessageType> = (
  context: Context,
  message: Messages[Type],
  session: Session,
) => Promise<Message | undefined> | Message | undefined

export type Handlers<Context> = { readonly [Type in MessageType]?: Handler<Context, Type> }

export interface Greeting<Context> {
  welcome: Messages['welcome']
  context: Context
  /** Where the connection is for something else than messages after the welcome: takes it over. */
  takeOver?: (connection: Connection) => void
}

export interface ServedSessions<Context> {
  /** What each role that this port welcomes may send. */
  roles: Partial<Record<SessionRole, Handlers<Context>>>
  /** Answers a hello whose role is welcome here, with what the handlers of this session will be given. */
  welcome(hello: Messages['hello'], session: Session): Promise<Greeting<Context>>
  helloTimeout?: number
  readTimeout?: number
  log: Logger
}

/** Every open session of one or more ports, so that a service can stop them all. */
export class SessionServer<Context> {
  readonly #served: ServedSessions<Context>
  readonly #sessions = new Set<Session>()

  constructor(served: ServedSessions<Context>) {
    this.#served = served
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Give this to `host.listen`. */
  readonly accept = (connection: Connection): void => {
    const { helloTimeout, readTimeout } = this.#served
    let handlers: Handlers<Context> = {}
    let context: Context
    const session: Session = new Session(connection, {
      ...(helloTimeout === undefined ? {} : { helloTimeout }),
      ...(readTimeout === undefined ? {} : { readTimeout }),
      onMessage: async (message): Promise<void> => {
        if (message.type !== 'hello') return this.#answer(handlers, context, message, session)
        const known = this.#served.roles[message.role]
        if (!known) return this.#refuseRole(session, message)
        try {
          const greeting = await this.#served.welcome(message, session)
          handlers = known
          context = greeting.context
          session.send(greeting.welcome)
          if (greeting.takeOver) void session.handOver().then(greeting.takeOver)
        } catch (error) {
          void session.close('refused', this.#inWords(error, message))
        }
      },
    })
    this.#sessions.add(session)
    void session.closed.then(() => this.#sessions.delete(session))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sessions].map(session => session.close('stopping')))
  }

  #refuseRole(session: Session, { role }: Messages['hello']): void {
    const text = `a session as ${role} is not for this port; welcome here: ${Object.keys(this.#served.roles).join(', ')}`
    void session.close('refused', { code: 'role-refused', text })
  }

  async #answer(handlers: Handlers<Context>, context: Context, message: Message, session: Session): Promise<void> {
    const handler = handlers[message.type] as Handler<Context, MessageType> | undefined
    if (!handler) {
      const text = `${message.type} is not for this role; it may send ${Object.keys(handlers).join(', ')}`
      void session.close('refused', { code: 'message-refused', text })
      return
    }
    try {
      const answer = await handler(context, message, session)
      if (answer) session.send(answer)
    } catch (error) {
      const { code, text } = this.#inWords(error, message)
      const { id, nonce } = message as { id?: number; nonce?: string }
      session.send({
        type: 'error',
        code,
        message: text,
        ...(id === undefined ? {} : { id }),
        ...(nonce === undefined ? {} : { nonce }),
      })
    }
  }

  #inWords(error: unknown, message: Message): { code: string; text: string } {
    if (error instanceof NetError) return { code: error.code, text: error.message }
    this.#served.log.error({ err: error, message: message.type }, 'a message could not be handled')
    return { code: 'internal', text: 'the service failed; its log says why' }
  }
}

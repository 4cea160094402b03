/** Push server: 13295 of a distribution point (topic 214620). Devices keep a connection to it, by which the Server calls them. */
import { NetError } from '../../../shared/net/errors.ts'
import { answerHold as hold } from '../../../shared/net/hold-still.ts'
import type { Handlers } from '../../../shared/net/serve-sessions.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { ServiceContext } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import { answer, answeredRole } from '../answering-port.ts'

interface Device {
  /** As it names itself. */
  host: string
  session: Session
}

export class PushServer {
  readonly #devices = new Map<string, Device>()
  readonly #limit: number
  /** By the names of devices: who is waited for. */
  readonly #awaited = new Map<string, PromiseWithResolvers<Session>>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What the Server asks for. A device that is not here hears of it at its interval, as everybody does whom nobody can call. */
  readonly call = ({ agentId, nonce }: Messages['push']): void => {
    this.#devices.get(agentId)?.session.send({ type: 'call', nonce })
  }

  get connections(): Session[] {
    return [...this.#devices.values()].map(({ session }) => session)
  }

  /** Of the device of this name, when it has come. */
  connectionOf(name: string): Promise<Session> {
    const found = [...this.#devices.values()].find(({ host }) => host === name)
    if (found) return Promise.resolve(found.session)
    const awaited = this.#awaited.get(name) ?? Promise.withResolvers()
    this.#awaited.set(name, awaited)
    return awaited.promise
  }

  /** Takes a device in. @throws NetError where there is no room, or nobody to call */
  greet({ agentId, host, keep }: Messages['hello'], session: Session): void {
    if (agentId === undefined) throw new NetError('bad-hello', 'a device gives its agentId (a GUID) in hello')
    // Without `keep` it is a trial of the way, by which nobody is called.
    if (!keep) return
    const older = this.#devices.get(agentId)?.session
    if (!older && this.#devices.size >= this.#limit)
      throw new NetError(
        'limit',
        `${this.#limit} devices are connected, and a push server keeps no more (topic 214620)`,
      )
    // The newest takes the place of an older one, which may be half open.
    this.#devices.set(agentId, { host, session })
    this.#awaited.get(host)?.resolve(session)
    this.#awaited.delete(host)
    void older?.close('done')
    void session.closed.then(() => {
      if (this.#devices.get(agentId)?.session === session) this.#devices.delete(agentId)
    })
  }
}

export async function servePush(
  push: PushServer,
  context: ServiceContext,
  handlers: Handlers<null> = {},
): Promise<{ stop(): Promise<void> }> {
  const { host, credentials, settings } = context
  const client = answeredRole<null>({
    handlers: { ...handlers, hold },
    greet(hello, session) {
      push.greet(hello, session)
      return { context: null }
    },
  })
  const mode = { roles: { 'push-client': client }, readTimeout: 2 * settings.signalKeepAlive }
  const sessions = answer([mode], context)
  const listener = await host.listen(
    13295,
    { tls: () => credentials.identity('gateway'), handshakeTimeout: settings.helloTimeout },
    sessions.accept,
  )
  return { stop: async () => void (await Promise.all([sessions.stop(), listener.close()])) }
}

import { setImmediate } from 'node:timers/promises'
import { now } from '../journal/clock.ts'
import { type CloseReason, type Effect, type Event, type State, start, step } from '../session/transition.ts'
import { encodeFrame, FrameError, FrameReader } from '../wire/frame.ts'
import { type Message, MessageError, type Messages, type Request, readMessage } from '../wire/messages/index.ts'
import { NetError } from './errors.ts'
import type { Connection } from './host.ts'

export interface SessionOptions {
  /** ms; responder only: 10 000 (docs/protocol.md section 2). */
  helloTimeout?: number
  /** ms without a message; 180 000, the agent's read/write timeout as klnagchk prints it. */
  readTimeout?: number
  /** A message that answers no request of this side. Resolves before the next one is read: order and back-pressure. */
  onMessage: (message: Message, session: Session) => Promise<void> | void
}

const HELLO_TIMEOUT = 10_000
const READ_TIMEOUT = 180_000
/** How long a peer may take to answer our FIN. */
const GRACE = 1_000

/** By request; what is not here is answered with `pong`. */
interface AnswerTypes {
  sync: 'synced'
  event: 'stored'
  'list-devices': 'devices'
  'rename-device': 'renamed'
  'move-device': 'moved'
  'list-groups': 'groups'
  activate: 'activated'
  'reputation-request': 'reputation'
  'status-request': 'status'
  'invitation-request': 'invitation'
  'report-devices': 'noted'
  'push-token': 'noted'
  joined: 'noted'
  collected: 'noted'
  'list-packages': 'packages'
  'get-piece': 'piece'
  'wake-up-request': 'wake-up-sealed'
  'wait-for-contact': 'woken'
  hold: 'held'
  enrol: 'enrolled'
}

type Answer<T extends Request> = T['type'] extends keyof AnswerTypes
  ? Messages[AnswerTypes[T['type']]]
  : Messages['pong']

/** The one owner of a connection's socket and timers while it speaks the lab's protocol. */
export class Session {
  readonly connection: Connection
  /** Settles once, when the socket is gone; never rejects. */
  readonly closed: Promise<CloseReason>
  /** The `error` message with which the peer ended the session, if it did. */
  peerError: Messages['error'] | null = null

  #state: State
  #timer: NodeJS.Timeout | undefined
  #lastId = 0
  #handingOver = false
  /** When both ends began to keep still. */
  #heldSince: number | null = null
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>()
  readonly #welcome = Promise.withResolvers<Messages['welcome']>()
  readonly #gone = Promise.withResolvers<CloseReason>()
  readonly #options: Required<Omit<SessionOptions, 'onMessage'>> & Pick<SessionOptions, 'onMessage'>

  constructor(connection: Connection, options: SessionOptions) {
    this.connection = connection
    this.closed = this.#gone.promise
    this.#options = { helloTimeout: HELLO_TIMEOUT, readTimeout: READ_TIMEOUT, ...options }
    this.#welcome.promise.catch(() => {})
    const [state, effects] = start(connection.end)
    this.#state = state
    void this.#perform(effects)
    connection.stream.once('close', () => void this.#take({ on: 'socket-closed' }))
    void this.#read()
  }

  get open(): boolean {
    return this.#state.name === 'open'
  }

  /** Initiator: says hello and waits for the welcome. Rejects with the peer's own words where it refuses. */
  async greet(hello: Messages['hello']): Promise<Messages['welcome']> {
    this.send(hello)
    return this.#welcome.promise
  }

  /**
   * Initiator: greets, and once welcomed leaves the connection, with every byte that came after the welcome, to somebody
   * else. The session is over then and owns nothing.
   */
  async greetAndHandOver(hello: Messages['hello']): Promise<Messages['welcome']> {
    this.#handingOver = true
    const welcome = await this.greet(hello)
    await this.closed
    await setImmediate()
    return welcome
  }

  /** Responder, in answer to a hello: after the welcome that was just sent the connection is somebody else's. */
  async handOver(): Promise<Connection> {
    this.#handOver()
    // In the meantime the reader lets go of the stream.
    await setImmediate()
    return this.connection
  }

  send(message: Message): void {
    const { stream, end } = this.connection
    if (!stream.writable) return
    stream.write(encodeFrame(message))
    if ('nonce' in message && message.nonce !== undefined)
      this.connection.observe({
        what: end === 'initiator' ? 'request-sent' : 'reply-sent',
        detail: { nonce: message.nonce },
      })
  }

  /** Sends a request and waits for its answer; an `error` answer rejects with its code and words. */
  request<T extends Request>(message: Omit<T, 'id'> & { type: T['type'] }): Promise<Answer<T>> {
    const id = ++this.#lastId
    const answer = Promise.withResolvers<Message>()
    if (!this.open) return Promise.reject(new NetError('NOT_OPEN', `the session is ${this.#state.name}`))
    // First, since it throws where the message is too large, and then nobody waits.
    this.send({ ...message, id } as unknown as Message)
    this.#waiting.set(id, answer)
    return answer.promise as Promise<Answer<T>>
  }

  /** Both ends keep still for a span: until then nobody is missed, and for a while after it. The first word that comes is written down. @param patience ms for each word after it */
  holdStill(span: number, patience: number): void {
    this.#heldSince = now()
    this.connection.observe({ what: 'holding', detail: { span, patience } })
    // The word of the responder, that of the initiator, and its answer.
    this.#wait('read', span + 3 * patience)
  }

  close(reason: CloseReason = 'done', error?: { code: string; text: string }): Promise<CloseReason> {
    void this.#take(error ? { on: 'close', reason, error } : { on: 'close', reason })
    return this.closed
  }

  async #read(): Promise<void> {
    const reader = new FrameReader()
    try {
      // The default would destroy the stream at the peer's FIN, and with it an answer that is still on its way.
      for await (const chunk of this.connection.stream.iterator({ destroyOnReturn: false })) {
        for (const map of reader.push(chunk as Buffer)) {
          await this.#take({ on: 'message', message: readMessage(map) })
          if (this.#handingOver) return this.#leave(reader.rest)
        }
      }
      await this.#take({ on: 'peer-ended' })
    } catch (error) {
      if (error instanceof FrameError || error instanceof MessageError)
        await this.#take({ on: 'bad-input', code: error.code, text: error.message })
      // Anything else is the socket's end, which its `close` tells.
    }
  }

  #leave(rest: Buffer): void {
    const { stream } = this.connection
    if (rest.length > 0) stream.unshift(Buffer.from(rest))
    if (this.#state.name === 'open') this.#handOver()
  }

  #handOver(): void {
    this.#handingOver = true
    this.#state = { name: 'closed', reason: 'done' }
    this.#finish('done')
  }

  async #take(event: Event): Promise<void> {
    const [next, effects] = step(this.#state, event)
    this.#state = next
    if (next.name === 'closed') return this.#finish(next.reason)
    await this.#perform(effects)
  }

  async #perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      switch (effect.do) {
        case 'send':
          this.send(effect.message)
          break
        case 'deliver':
          await this.#deliver(effect.message)
          break
        case 'note-refusal':
          this.connection.observe({ what: 'message-refused', detail: { code: effect.code, message: effect.text } })
          break
        case 'wait':
          this.#wait(effect.for)
          break
        case 'end-socket':
          this.connection.close()
          break
        case 'destroy-socket':
          this.connection.stream.destroy()
          break
      }
    }
  }

  #wait(what: 'hello' | 'read' | 'grace', atLeast = 0): void {
    clearTimeout(this.#timer)
    if (this.#state.name === 'closed') return
    const usual = { hello: this.#options.helloTimeout, read: this.#options.readTimeout, grace: GRACE }[what]
    const ms = Math.max(usual, atLeast)
    this.#timer = setTimeout(() => void this.#take({ on: 'silence' }), ms)
  }

  async #deliver(message: Message): Promise<void> {
    if (this.#heldSince !== null) {
      this.connection.observe({ what: 'held', detail: { after: Math.round(now() - this.#heldSince) } })
      this.#heldSince = null
    }
    if ('nonce' in message && message.nonce !== undefined) {
      const what = this.connection.end === 'initiator' ? 'reply-received' : 'request-received'
      this.connection.observe({ what, detail: { nonce: message.nonce } })
    }
    if (message.type === 'welcome') return this.#welcome.resolve(message)
    if (message.type === 'error' && message.id === undefined) {
      this.peerError = message
      return
    }
    const waiting =
      'id' in message && message.id !== undefined && this.connection.end === 'initiator'
        ? this.#waiting.get(message.id)
        : undefined
    if (!waiting || !('id' in message) || message.id === undefined) return this.#options.onMessage(message, this)
    this.#waiting.delete(message.id)
    if (message.type === 'error') waiting.reject(new NetError(message.code, message.message))
    else waiting.resolve(message)
  }

  #finish(reason: CloseReason): void {
    clearTimeout(this.#timer)
    const error = this.peerError
      ? new NetError(this.peerError.code, this.peerError.message)
      : new NetError(
          reason === 'read-timeout' ? 'TIMEOUT' : 'CLOSED',
          `the session ended before the answer came (${reason})`,
        )
    this.#welcome.reject(error)
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
    this.#gone.resolve(reason)
  }
}

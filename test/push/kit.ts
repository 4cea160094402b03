/** The push services on real sockets, and devices and providers that say anything they like to them. */
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectH2 } from 'node:http2'
import { connect, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import { type Lab, type LabOptions, startLab } from '../../lab/start-lab.ts'
import type { Observation } from '../../shared/journal/observation.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { KEY_ID, TEAM } from '../../shared/push/apple.ts'
import { signJwt } from '../../shared/push/jwt.ts'
import { LINK_ALPN } from '../../shared/push/link-messages.ts'

export const TOPOLOGY = fileURLToPath(new URL('push.yaml', import.meta.url))
export const APPLE = 'apple.internet.ksc-lab.test'
export const GOOGLE = 'google.internet.ksc-lab.test'
export const MDM_TOPIC = 'com.apple.mgmt.External.ksc-lab'

/** The push services alone. */
export const startServices = (options: LabOptions = {}): Promise<Lab> =>
  startLab(TOPOLOGY, { external: ['klserver', 'ios-mdm', 'ios-1', 'android-1'], ...options })

// biome-ignore lint/suspicious/noExplicitAny: tests index into what came; a wrong shape fails the expectation.
type Said = any

export interface LinkAt {
  host: 'apple' | 'google'
  port: number
  alpn?: string[]
}

/** A device by hand. */
export class Device implements AsyncDisposable {
  readonly heard: Said[] = []
  readonly socket: TLSSocket
  readonly name: string
  #rest = ''

  constructor(lab: Lab, { host, port, alpn = [LINK_ALPN] }: LinkAt, name = randomBytes(16).toString('hex')) {
    const at = lab.endpoint(host, port)
    this.name = name
    this.socket = connect({
      ...{ host: at.address, port: at.port, ALPNProtocols: alpn },
      servername: host === 'apple' ? APPLE : GOOGLE,
      ca: lab.state.credentials.authority('internet-ca'),
    })
    this.socket.on('error', () => {})
    this.socket.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString()).split('\n')
      this.#rest = lines.pop() ?? ''
      this.heard.push(...lines.map(line => JSON.parse(line)))
    })
  }

  write = (text: string): boolean => this.socket.write(text)
  say = (message: object): boolean => this.write(`${JSON.stringify(message)}\n`)

  /** Waits for the next message of a type, and takes it out. */
  async hears(type: string): Promise<Said> {
    const there = () => expect(this.heard.map(message => message.type)).toContain(type)
    await vi.waitFor(there, { timeout: 3_000, interval: 10 })
    const [found] = this.heard.splice(
      this.heard.findIndex(message => message.type === type),
      1,
    )
    return found
  }

  /** Its token. */
  async connect(topics: string[], nonce?: string): Promise<string> {
    this.say({ type: 'connect', device: this.name, topics, ...(nonce === undefined ? {} : { nonce }) })
    return (await this.hears('connected')).token
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close')
  }

  async [Symbol.asyncDispose]() {
    this.socket.destroy()
    await this.closed()
  }
}

export interface Asked {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  /** Null: no certificate. */
  identity?: ServerIdentity | null
  port?: 443 | 2197
}

export interface ApnsSaid {
  status: number
  id: string | undefined
  reason: string | undefined
  timestamp: number | undefined
}

/** One push on a connection of its own, for a token of hexadecimal digits. */
export async function pushTo(lab: Lab, token: string, asked: Asked = {}): Promise<ApnsSaid> {
  await using provider = openProvider(lab, asked)
  return await provider.push(token, asked)
}

export function openProvider(
  lab: Lab,
  { identity = lab.state.credentials.identity('apple-push'), port = 443 }: Asked = {},
) {
  const at = lab.endpoint('apple', port)
  const session = connectH2(`https://${APPLE}`, {
    ...{ host: at.address, port: at.port, servername: APPLE },
    ca: lab.state.credentials.authority('internet-ca'),
    ...identity,
  })
  session.on('error', () => {})
  return {
    session,
    async push(
      token: string,
      { method = 'POST', path, headers = {}, body = '{"mdm":"magic"}' }: Asked = {},
    ): Promise<ApnsSaid> {
      const stream = session.request({ ':method': method, ':path': path ?? `/3/device/${token}`, ...headers })
      const response = once(stream, 'response')
      stream.end(body)
      const [head] = await response
      let text = ''
      for await (const chunk of stream) text += chunk
      const said = text === '' ? {} : JSON.parse(text)
      return { status: head[':status'], id: head['apns-id'], reason: said.reason, timestamp: said.timestamp }
    },
    async [Symbol.asyncDispose]() {
      const closed = once(session, 'close')
      session.close()
      await closed
    },
  }
}

/** An APNs provider token. */
export const providerToken = (lab: Lab, { age = 0, kid = KEY_ID, iss = TEAM, key = 'apple-push-key' } = {}): string =>
  signJwt('ES256', lab.state.credentials.identity(key).key, { kid }, { iss, iat: Math.floor(Date.now() / 1_000) - age })

export const bearer = (token: string): Record<string, string> => ({ authorization: `bearer ${token}` })
export const seconds = (from = 0): string => String(Math.floor(Date.now() / 1_000) + from)
export const uuid = (): string => randomUUID()

export const sights = <W extends Observation['what']>(lab: Lab, what: W, host?: string) =>
  lab.journal
    .entries(0)
    .filter(
      (entry): entry is Extract<Observation, { what: W }> => entry.what === what && (!host || entry.host === host),
    )

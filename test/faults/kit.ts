/** The two ends of an arrow, for looking at a middlebox from either side. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls'
import { generate } from 'selfsigned'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'

export async function identityFor(commonName: string): Promise<ServerIdentity> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: commonName }] }],
  })
  return { cert: made.cert, key: made.private }
}

export interface Responder<S extends Socket> extends AsyncDisposable {
  readonly at: Endpoint
  /** TCP connections so far. */
  readonly connections: number
  /** The next one, TLS done. */
  next(): Promise<S>
}

export const listenTcp = () => responder<Socket>(createServer({ allowHalfOpen: true }), 'connection')
export const listenTls = (options: TlsOptions) => responder<TLSSocket>(createTlsServer(options), 'secureConnection')

async function responder<S extends Socket>(server: Server, event: string): Promise<Responder<S>> {
  const arrived: S[] = []
  const open = new Set<Socket>()
  let wanted = Promise.withResolvers<void>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    open.add(socket.on('error', () => {}))
  })
  server.on(event, (socket: S) => {
    arrived.push(socket.on('error', () => {}))
    wanted.resolve()
  })
  server.on('tlsClientError', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    at: { address: '127.0.0.1', port: (server.address() as AddressInfo).port },
    get connections() {
      return connections
    },
    async next() {
      for (;;) {
        const socket = arrived.shift()
        if (socket) return socket
        wanted = Promise.withResolvers()
        await wanted.promise
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Not yet connected; errors are for whoever looks. */
export function dialTcp({ address, port }: Endpoint): Socket {
  return connect({ host: address, port, allowHalfOpen: true }).on('error', () => {})
}

export function dialTls({ address, port }: Endpoint, options: ConnectionOptions = {}): TLSSocket {
  return connectTls({ host: address, port, rejectUnauthorized: false, ...options }).on('error', () => {})
}

/** Everything until the end, and how that came: `fin`, or the code of an error. */
export function toEnd(socket: Socket): Promise<{ bytes: Buffer; end: string | undefined }> {
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk)).resume()
  return new Promise(resolve => {
    const settle = (end: string | undefined) => resolve({ bytes: Buffer.concat(chunks), end })
    socket.once('end', () => settle('fin')).once('error', (error: NodeJS.ErrnoException) => settle(error.code))
    socket.once('close', () => settle('close'))
  })
}

/** Resolves when `text` has come, and reads on from there. */
export async function hears(socket: Socket, text: string): Promise<void> {
  let heard = ''
  while (heard.length < text.length) {
    const next = once(socket, 'data')
    socket.resume()
    const [chunk] = await next
    socket.pause()
    heard += chunk
  }
  if (heard !== text) throw new Error(`heard ${JSON.stringify(heard)} where ${JSON.stringify(text)} was to come`)
}

/** Resolves when the system has taken the bytes. With several MiB: when the peer has read most of them. */
export function send(socket: Socket, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => socket.write(bytes, error => (error ? reject(error) : resolve())))
}

/** More than the system buffers between two sockets. */
export const PLENTY = Buffer.alloc(16 * 1024 * 1024, 'ksc-lab ')

/** Sockets of this process, by kind. */
export const sockets = () =>
  process
    .getActiveResourcesInfo()
    .filter(name => /TCP|UDP|TLS/.test(name))
    .sort()

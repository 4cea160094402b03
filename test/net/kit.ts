/** Two hosts on real sockets, each with a journal of its own, so that what one end saw is told apart from the other's. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { generate } from 'selfsigned'
import { Journal } from '../../shared/journal/journal.ts'
import type { Endpoint, Observation, Sight } from '../../shared/journal/observation.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import type { Connection, Listener, ListenOptions, ServerIdentity } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'

export const UNKNOWN_NAME = 'no-such-host.invalid'

export async function identityFor(commonName: string): Promise<ServerIdentity> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: commonName }] }],
  })
  return { cert: made.cert, key: made.private }
}

/** `client` dials `server`; `lost` has a name that nobody resolves. With `real`, every port of the server is that one. */
export function network(real?: number, serverAt = '127.0.0.1') {
  const addresses = new Map([
    ['server', serverAt],
    ['client', '127.0.0.1'],
    ['lost', UNKNOWN_NAME],
  ])
  const book = createAddressBook(
    real === undefined ? { addresses, ports: 'ephemeral' } : { addresses, ports: 'documented', renumbered: () => real },
  )
  const local = new LocalSockets()
  const journals = { server: new Journal(), client: new Journal() }
  const server = createHost({ name: 'server', book, journal: journals.server, local })
  const client = createHost({ name: 'client', book, journal: journals.client, local })
  const listeners: Listener[] = []
  return {
    book,
    journals,
    server,
    client,
    /** Listens at the server, and hands over what connects in its order. */
    async listen(port: number, options: ListenOptions = {}) {
      const arrived = queue<Connection>()
      const listener = await server.listen(port, options, arrived.put)
      listeners.push(listener)
      return { at: listener.bound, next: arrived.next, close: () => listener.close() }
    },
    async [Symbol.asyncDispose]() {
      for (const listener of listeners) await listener.close()
      local.remove()
    },
  }
}
export type Network = ReturnType<typeof network>

export function queue<T>() {
  const held: T[] = []
  const wanted: ((item: T) => void)[] = []
  return {
    put: (item: T): void => {
      const first = wanted.shift()
      if (first) first(item)
      else held.push(item)
    },
    next: (): Promise<T> =>
      held.length > 0 ? Promise.resolve(held.shift() as T) : new Promise(resolve => wanted.push(resolve)),
  }
}

type Seen<What extends Sight['what']> = Extract<Sight, { what: What }> & Observation

/** The first observation of this kind, now or when it comes. */
export function seen<What extends Sight['what']>(journal: Journal, what: What): Promise<Seen<What>> {
  const is = (entry: Observation): entry is Seen<What> => entry.what === what
  const already = journal.entries().find(is)
  if (already) return Promise.resolve(already)
  return new Promise(resolve => {
    const stop = journal.subscribe(entry => {
      if (!is(entry)) return
      stop()
      resolve(entry)
    })
  })
}

export const words = (journal: Journal): string[] => journal.entries().map(({ what }) => what)

/** Resolves with the next bytes. */
export async function read(stream: Duplex): Promise<string> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) return String(chunk)
  return ''
}

/** A plain connection over which a word has come, seen from both ends. */
export async function pair(net: Network, port = 14000) {
  const listener = await net.listen(port)
  const initiator = await net.client.dial({ host: 'server', port })
  initiator.stream.write('ping')
  const responder = await listener.next()
  await read(responder.stream)
  initiator.stream.resume()
  answersFin(responder)
  return { initiator, responder }
}

/** A responder may still speak after the peer's FIN, so that closing is its own affair; this one has no more to say. */
export function answersFin(responder: Connection): void {
  responder.stream.once('end', () => responder.close()).resume()
}

/** A port of this process that something else holds. */
export async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

/** Listens in a thread that then sleeps for good: nobody accepts, and once the short queue is full SYNs are dropped. */
export async function deaf(): Promise<{ at: Endpoint; worker: Worker }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer()
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
     })`,
    { eval: true },
  )
  const port = await new Promise<number>(resolve => worker.once('message', resolve))
  return { at: { address: '127.0.0.1', port }, worker }
}

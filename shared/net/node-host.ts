import type { Journal } from '../journal/journal.ts'
import type { End } from '../journal/observation.ts'
import type { AddressBook } from './address-book.ts'
import { CONNECT_TIMEOUT, dial } from './dial.ts'
import type { ExerciseStamp, Host, Listener, ProxyProtocol, Target, Transport } from './host.ts'
import { listen } from './listen.ts'
import { dialLocal, type LocalSockets, listenLocal } from './local.ts'
import { joinGroup } from './multicast.ts'
import { createScribe } from './scribe.ts'
import { dialUdp, listenUdp } from './udp.ts'

interface NodeHostOptions {
  name: string
  book: AddressBook
  journal: Journal
  local: LocalSockets
  /** Of a documented port; absent: off everywhere. */
  proxyProtocol?: (port: number) => ProxyProtocol
}

/** A Host on this machine's own sockets. */
export function createHost({ name, book, journal, local, proxyProtocol }: NodeHostOptions): Host {
  const scribe = (end: End, port: number | null, transport: Transport, nonce?: string) =>
    createScribe({ journal, host: name, end, port, transport, nonce })

  const announced = (listener: Listener, transport: Transport) =>
    book.bound({ host: name, port: listener.port }, transport, listener.bound)

  const stamped = ({
    nonce,
    timeout: defaultTimeout,
    detour,
  }: Omit<ExerciseStamp, 'nonce'> & { nonce?: string }): Host => {
    const detourOf = (target: Target) => (detour && print(detour.target) === print(target) ? detour.at : null)
    const place = (target: Target, transport: Transport) => detourOf(target) ?? book.place(target, transport)
    return {
      name,
      dial: (target, options = {}) =>
        dial({
          scribe: scribe('initiator', target.port, 'tcp', nonce),
          to: print(target),
          place: place(target, 'tcp'),
          name: detourOf(target) ? undefined : options.tls?.servername,
          source: book.source(name),
          options: { timeout: defaultTimeout, ...options },
        }),
      async listen(port, options, onConnection) {
        const bind = book.bind({ host: name, port })
        const newScribe = () => scribe('responder', port, 'tcp')
        const proxied = proxyProtocol?.(port)
        const listener = await listen({ host: name, port, bind, options, proxied, newScribe, onConnection })
        announced(listener, 'tcp')
        return listener
      },
      async udp(port, onDatagram) {
        const bind = book.bind({ host: name, port })
        const newScribe = () => scribe('responder', port, 'udp')
        const listener = await listenUdp({ host: name, port, bind, newScribe, onDatagram })
        announced(listener, 'udp')
        return listener
      },
      udpTo: target =>
        dialUdp({
          scribe: scribe('initiator', target.port, 'udp', nonce),
          to: print(target),
          place: place(target, 'udp'),
          source: book.source(name),
        }),
      async multicast(port, onDatagram) {
        const newScribe = () => scribe('responder', port, 'udp')
        const listener = await joinGroup({
          host: name,
          port,
          ...book.group({ host: name, port }),
          newScribe,
          onDatagram,
        })
        announced(listener, 'udp')
        return listener
      },
      multicastTo(target) {
        const detoured = detourOf(target)
        const { at } = book.group(target)
        // Without a member no number is given yet, and nobody hears any.
        const group = { ...at, port: at.port || target.port }
        return dialUdp({
          scribe: scribe('initiator', target.port, 'udp', nonce),
          to: print(target),
          place: detoured ?? group,
          source: book.source(name),
          ...(detoured ? {} : { multicastBy: book.group({ host: name, port: target.port }).by }),
        })
      },
      dialLocal: (service, timeout = defaultTimeout) =>
        dialLocal(scribe('initiator', null, 'local', nonce), local.path(name, service), service, timeout),
      listenLocal: (service, onConnection) =>
        listenLocal(local.path(name, service), service, () => scribe('responder', null, 'local'), onConnection),
      during: stamped,
    }
  }
  return stamped({ timeout: CONNECT_TIMEOUT })
}

const print = (target: Target) => `${target.host}:${target.port}`

import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { now } from '../journal/clock.ts'
import type { Endpoint } from '../journal/observation.ts'
import { NetError } from './errors.ts'
import type { Datagram, UdpPeer, UdpPort } from './host.ts'
import { listenError } from './listen-error.ts'
import type { Scribe } from './scribe.ts'
import { closerOf, RECEIVE_BUFFER } from './udp-socket.ts'

const family = (address: string) => (isIP(address) === 6 ? 'udp6' : 'udp4')

interface UdpListening {
  host: string
  port: number
  bind: Endpoint
  newScribe: () => Scribe
  onDatagram: (datagram: Datagram) => void
}

export async function listenUdp({ host, port, bind, newScribe, onDatagram }: UdpListening): Promise<UdpPort> {
  const socket = createSocket({ type: family(bind.address), recvBufferSize: RECEIVE_BUFFER })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', error =>
      reject(listenError(error, { host, port, transport: 'udp', address: bind.address, real: bind.port })),
    )
    socket.bind({ address: bind.address, port: bind.port, exclusive: true }, resolve)
  })
  socket.removeAllListeners('error').on('error', () => {})
  const at: Endpoint = { address: bind.address, port: socket.address().port }
  socket.on('message', (bytes, from) => {
    const scribe = newScribe()
    const peer = { address: from.address, port: from.port }
    scribe.observe({ what: 'accepted', detail: { local: at, remote: peer } })
    onDatagram({ bytes, from: peer, observe: sight => scribe.observe(sight) })
  })
  return {
    port,
    bound: at,
    reply: (to, bytes) =>
      new Promise(resolve => {
        // A peer that is gone is the initiator's affair, which journals the silence.
        try {
          socket.send(bytes, to.port, to.address, () => resolve())
        } catch {
          // Node throws where the port is closed meanwhile, and for a peer that sends from port 0.
          resolve()
        }
      }),
    close: closerOf(socket),
  }
}

interface UdpDialling {
  scribe: Scribe
  to: string
  place: Endpoint
  source: string | null
  /** The own address by whose network a multicast group is reached. */
  multicastBy?: string
}

/** A connected socket: the only kind that hears ICMP "port unreachable". */
export async function dialUdp({ scribe, to, place, source, multicastBy }: UdpDialling): Promise<UdpPeer> {
  const socket = createSocket(family(place.address))
  const startedAt = now()
  scribe.observe({ what: 'connecting', detail: { to, ...place } })
  let refused: NetError | null = null
  const answers: Buffer[] = []
  let wake = () => {}
  socket.on('error', (error: NodeJS.ErrnoException) => {
    refused = udpFailure(scribe, to, startedAt, error)
    wake()
  })
  socket.on('message', bytes => {
    answers.push(bytes)
    wake()
  })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      const connect = () =>
        socket.connect(place.port, place.address, (error?: Error) => (error ? reject(error) : resolve()))
      if (multicastBy !== undefined)
        socket.bind({ address: multicastBy }, () => {
          try {
            withinTheNetwork(socket, multicastBy)
            connect()
          } catch (error) {
            reject(error)
          }
        })
      else if (source !== null && place.address.startsWith('127.') === source.startsWith('127.'))
        socket.bind({ address: source }, connect)
      else connect()
    })
  } catch (cause) {
    socket.close()
    const error = cause as NodeJS.ErrnoException
    if (error.syscall === 'getaddrinfo')
      scribe.observe({ what: 'resolve-failed', detail: { name: place.address, code: error.code ?? 'UNKNOWN' } })
    throw refused ?? udpFailure(scribe, to, startedAt, error)
  }
  const local = socket.address()
  scribe.observe({ what: 'connected', detail: { local: { address: local.address, port: local.port }, remote: place } })
  let closed = false
  return {
    id: scribe.id,
    observe: sight => scribe.observe(sight),
    send: bytes =>
      new Promise((resolve, reject) => {
        socket.send(bytes, error => (error ? reject(udpFailure(scribe, to, startedAt, error)) : resolve()))
      }),
    async receive(timeout) {
      const waiting = Promise.withResolvers<void>()
      wake = waiting.resolve
      const timer = setTimeout(waiting.resolve, timeout)
      if (answers.length === 0 && !refused) await waiting.promise
      clearTimeout(timer)
      if (refused) throw refused
      return answers.shift() ?? null
    },
    close() {
      if (!closed) socket.close()
      closed = true
      wake()
    },
  }
}

/** Copies for the members on this machine too, and no router passes one on. */
function withinTheNetwork(socket: Socket, by: string): void {
  socket.setMulticastInterface(by)
  socket.setMulticastLoopback(true)
  socket.setMulticastTTL(1)
}

function udpFailure(scribe: Scribe, to: string, startedAt: number, error: NodeJS.ErrnoException): NetError {
  const code = error.code ?? 'UNKNOWN'
  scribe.observe({ what: 'connect-failed', detail: { code, after: Math.round(now() - startedAt) } })
  return new NetError(code, `${to}/udp: ${code}`, { cause: error })
}

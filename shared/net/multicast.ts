import { createSocket } from 'node:dgram'
import type { Endpoint } from '../journal/observation.ts'
import type { Datagram, Listener } from './host.ts'
import { listenError } from './listen-error.ts'
import type { Scribe } from './scribe.ts'
import { closerOf, RECEIVE_BUFFER } from './udp-socket.ts'

interface Joining {
  host: string
  port: number
  /** The group, and the number that its members share. */
  at: Endpoint
  /** The own address by whose network the group is reached. */
  by: string
  newScribe: () => Scribe
  onDatagram: (datagram: Datagram) => void
}

export async function joinGroup({ host, port, at, by, newScribe, onDatagram }: Joining): Promise<Listener> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: RECEIVE_BUFFER })
  // Bound to the group, a socket hears nothing that is sent to the machine itself. Windows binds to no group.
  const address = process.platform === 'win32' ? '0.0.0.0' : at.address
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ address, port: at.port }, resolve)
    })
    socket.addMembership(at.address, by)
  } catch (error) {
    socket.close()
    throw listenError(error as NodeJS.ErrnoException, {
      host,
      port,
      transport: 'udp',
      address: at.address,
      real: at.port,
    })
  }
  socket.removeAllListeners('error').on('error', () => {})
  const bound: Endpoint = { address: at.address, port: socket.address().port }
  socket.on('message', (bytes, from) => {
    let scribe: Scribe | null = null
    onDatagram({
      bytes,
      from: { address: from.address, port: from.port },
      observe(sight) {
        if (!scribe) {
          scribe = newScribe()
          const remote = { address: from.address, port: from.port }
          scribe.observe({ what: 'accepted', detail: { local: bound, remote } })
        }
        scribe.observe(sight)
      },
    })
  })
  return { port, bound, close: closerOf(socket) }
}

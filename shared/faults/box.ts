import type { EventEmitter } from 'node:events'
import type { Endpoint } from '../journal/observation.ts'
import { listenError } from '../net/listen-error.ts'

/** A port that is held, and all that hangs on it. */
export interface Box {
  readonly at: Endpoint
  connections(): number
  /** Called once. */
  close(): Promise<void>
}

interface Bindable extends EventEmitter {
  address(): { port: number } | string | null
}

/** Waits until a server or a datagram socket has its port; where that is taken, says by whom. */
export function boundTo(
  socket: Bindable,
  { bind, transport, who }: { bind: Endpoint; transport: 'tcp' | 'udp'; who: string },
): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    const { address, port: real } = bind
    const fail = (error: Error) => reject(listenError(error, { host: who, port: real, transport, address, real }))
    socket.once('error', fail)
    socket.once('listening', () => {
      socket.off('error', fail)
      const bound = socket.address()
      resolve({ address, port: bound !== null && typeof bound === 'object' ? bound.port : real })
    })
  })
}

/** A box of the test's own between a distribution point and its group: it may drop what comes, change it, or add to it. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Endpoint } from '../../shared/journal/observation.ts'

export interface GroupBox extends AsyncDisposable {
  readonly at: Endpoint
  /** Datagrams that came. */
  came(): number
}

/** What becomes of the datagram that came as number `index`. */
export type Passing = (datagram: Buffer, index: number) => readonly Uint8Array[]

export async function startGroupBox(group: Endpoint, passing: Passing): Promise<GroupBox> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  await once(socket.bind(0, '127.0.0.1'), 'listening')
  socket.setMulticastInterface('127.0.0.1')
  let came = 0
  socket.on('message', datagram => {
    for (const one of passing(datagram, came)) socket.send(one, group.port, group.address)
    came += 1
  })
  return {
    at: { address: '127.0.0.1', port: socket.address().port },
    came: () => came,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Endpoint } from '../journal/observation.ts'
import type { Box } from './box.ts'
import { boundTo } from './box.ts'
import type { Relay } from './fault.ts'
import { settled } from './settled.ts'

/** Owns every socket of a TCP middlebox, on both of its sides. */
export async function startTcpBox(relay: Relay, bind: Endpoint, who: string): Promise<Box> {
  const open = new Set<Socket>()
  const own = (socket: Socket) => {
    open.add(socket)
    return socket.on('error', () => {}).once('close', () => open.delete(socket))
  }
  let connections = 0

  const handle = async (client: Socket) => {
    const dialled: Socket[] = []
    try {
      await relay(client, async to => {
        const socket = own(connect({ host: to.address, port: to.port, noDelay: true, allowHalfOpen: true }))
        dialled.push(socket)
        await settled(socket, 'connect')
        return socket
      })
    } catch {
      // The upstream cannot be reached, or TLS failed on one side: nobody is left to relay for.
      client.resetAndDestroy()
      for (const socket of dialled) socket.destroy()
    }
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, client => {
    connections += 1
    void handle(own(client))
  })
  server.listen({ host: bind.address, port: bind.port })
  const at = await boundTo(server, { bind, transport: 'tcp', who })

  return {
    at,
    connections: () => connections,
    async close() {
      server.close()
      const gone = [...open].map(socket => once(socket, 'close'))
      for (const socket of open) socket.destroy()
      await Promise.all([once(server, 'close'), ...gone])
    },
  }
}

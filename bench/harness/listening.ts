import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export const HERE = '127.0.0.1'

/** A server on a free port that keeps half-open connections and never fails for one of them. */
export async function listening(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    socket.on('error', () => {})
    serve(socket)
  })
  await once(server.listen({ port: 0, host: HERE, backlog: 4_096 }), 'listening')
  return portOf(server)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, HERE), 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** The proxy of the reader of docs/library.md: passes TCP on. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { pipeline } from 'node:stream/promises'

export async function startMyProxy(upstream: { address: string; port: number }) {
  const server = createServer(client => {
    const there = connect({ host: upstream.address, port: upstream.port })
    for (const way of [pipeline(client, there), pipeline(there, client)]) way.catch(() => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

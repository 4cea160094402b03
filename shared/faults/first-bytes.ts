/** Faults that wait for the client's first bytes. Those, and all after them, are read and dropped: unread they would turn a FIN into RST. */
import type { Socket } from 'node:net'

/** Gives one answer, whatever the client said, and hangs up. */
export function answerFirstBytes(client: Socket, answer: string | Buffer): void {
  client.once('data', () => client.end(answer))
  client.once('end', () => client.end())
  client.resume()
}

/** Relays until the client's first bytes arrive, then cuts both ends. A server that speaks first is heard. */
export function untilFirstBytes(client: Socket, server: Socket, cut: (end: Socket) => void): void {
  let whole = true
  client.once('error', () => whole && server.resetAndDestroy())
  server.once('error', () => whole && client.resetAndDestroy())
  client.once('end', () => server.end())
  server.pipe(client)
  client.once('data', () => {
    whole = false
    server.unpipe(client).resume()
    cut(client)
    cut(server)
  })
  client.resume()
}

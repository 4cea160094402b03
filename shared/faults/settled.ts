import type { Socket } from 'node:net'

/** Waits for a step of a connection. Rejects with its error, or where it ends before; sets no time of its own. */
export function settled(socket: Socket, step: 'connect' | 'secure' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const early = () => reject(new Error(`the connection ended before '${step}'`))
  socket.once(step, resolve).once('error', reject).once('end', early).once('close', early)
  return promise.finally(() => socket.off(step, resolve).off('error', reject).off('end', early).off('close', early))
}

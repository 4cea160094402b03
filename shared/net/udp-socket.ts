import type { Socket } from 'node:dgram'
import { once } from 'node:events'

/** A burst of 10,000 datagrams is kept whole with this (docs/performance.md); the kernel may grant less. */
export const RECEIVE_BUFFER = 4 * 1024 * 1024

/** Closes a socket once, however often it is asked; resolves when it is gone. */
export function closerOf(socket: Socket): () => Promise<void> {
  const close = async () => {
    const over = once(socket, 'close')
    socket.close()
    await over
  }
  let closing: Promise<void> | null = null
  return () => (closing ??= close())
}

import type { Socket } from 'node:net'
import { NetError, TimeoutError } from './errors.ts'

/** The first bytes of a connection, as many as `wanted` says of those that are there; what is more stays in the socket. */
export function readBytes(
  raw: Socket,
  wanted: (bytes: Buffer) => number,
  { what, timeout, signal }: { what: string; timeout: number; signal: AbortSignal | undefined },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      raw.off('readable', onReadable).off('end', onEnd).off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const onReadable = () => {
      for (let chunk: Buffer | null = raw.read(); chunk !== null; chunk = raw.read())
        bytes = Buffer.concat([bytes, chunk])
      const length = wanted(bytes)
      if (bytes.length < length) return
      settle(() => {
        if (bytes.length > length) raw.unshift(bytes.subarray(length))
        resolve(bytes.subarray(0, length))
      })
    }
    const onEnd = () => settle(() => reject(new NetError('CLOSED', `${what}: the connection was closed`)))
    const onError = (cause: NodeJS.ErrnoException) =>
      settle(() => reject(new NetError(cause.code ?? 'CLOSED', `${what}: ${cause.message}`, { cause })))
    const onAbort = () => settle(() => reject(new NetError('ABORTED', `${what}: stopped`, { cause: signal?.reason })))
    const timer = setTimeout(() => settle(() => reject(new TimeoutError(what, timeout))), timeout)
    raw.on('readable', onReadable).once('end', onEnd).once('error', onError)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
  })
}

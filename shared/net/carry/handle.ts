/**
 * Reads and writes of a socket past its streams. `onread` of `net.connect` reads into a buffer of the caller, but a
 * server has no such option, its buffer stays with the socket for good, and every write still goes through the queue of
 * the stream and a tick of its own, which cost more than the system call. The handle below does all that is wanted; it
 * is no public interface, so `handleOf` looks whether everything is there, and without it there are the streams.
 */
import type { Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'

interface Request {
  oncomplete?: (status: number) => void
  /** Keeps the bytes of an unfinished write from the collector. */
  buffer?: Buffer
}

interface Handle {
  reading: boolean
  /** Returns the buffer of the next read; undefined: the same again. */
  onread: (...given: unknown[]) => Buffer | undefined
  readStart(): number
  readStop(): number
  useUserBuffer(buffer: Buffer): void
  writeBuffer(request: Request, bytes: Buffer): number
}

interface Binding {
  WriteWrap: new () => Request
  streamBaseState: Int32Array
  kReadBytesOrError: number
  kLastWriteWasAsync: number
}

const binding = ((): Binding | null => {
  try {
    const found = (process as unknown as { binding(name: string): Binding }).binding('stream_wrap')
    const known = typeof found.WriteWrap === 'function' && found.streamBaseState instanceof Int32Array
    return known && found.kReadBytesOrError >= 0 && found.kLastWriteWasAsync >= 0 ? found : null
  } catch {
    return null
  }
})()

/** The handle of a connected socket; null where it is gone, or is not the one known here. */
export function handleOf(socket: Socket): Handle | null {
  const handle = (socket as unknown as { _handle?: Partial<Handle> | null })._handle
  if (binding === null || !handle) return null
  const { onread, readStart, readStop, useUserBuffer, writeBuffer } = handle
  const methods = [onread, readStart, readStop, useUserBuffer, writeBuffer]
  return methods.every(method => typeof method === 'function') ? (handle as Handle) : null
}

/** Given to libuv it ends the turn of a socket that has more to read: the others come first, then it is polled again. */
export const NOTHING = Buffer.allocUnsafeSlow(1).subarray(0, 0)
const UV_ENOBUFS = -105

/**
 * Reads into `first`, then into what `read` returns. `read` is told the bytes that are now in the buffer last given; 0:
 * nothing is to be read for now, or NOTHING was given. The end and errors come as events of the socket.
 */
export function readInto(handle: Handle, first: Buffer, read: (bytes: number) => Buffer | undefined): void {
  if (binding === null) return
  const { streamBaseState, kReadBytesOrError } = binding
  const { onread } = handle
  handle.useUserBuffer(first)
  handle.onread = function (...given) {
    const bytes = streamBaseState[kReadBytesOrError] ?? 0
    if (bytes >= 0) return read(bytes)
    return bytes === UV_ENOBUFS ? read(0) : onread.apply(this, given)
  }
}

/** Of a socket that has passed `handleOf`; null once it is destroyed. */
export const presentHandle = (socket: Socket) => (socket as unknown as { _handle: Handle | null })._handle

/** As the socket itself does it: its own `_read` looks at `reading`. */
export function setReading(socket: Socket, reading: boolean): void {
  const handle = presentHandle(socket)
  if (handle === null || handle.reading === reading) return
  handle.reading = reading
  if (reading) handle.readStart()
  else handle.readStop()
}

/** One request serves every write that is finished when it returns. */
let request: Request | null = null

/**
 * True: written. False: `done` is called when it is, and until then `bytes` must not change. The queue of the socket
 * has to be empty.
 */
export function writeNow(handle: Handle, bytes: Buffer, done: (error: Error | null) => void): boolean {
  if (binding === null) throw new Error('no binding')
  const used = request ?? new binding.WriteWrap()
  request = null
  const status = handle.writeBuffer(used, bytes)
  if (status !== 0) {
    process.nextTick(done, failure(status))
    return false
  }
  if (binding.streamBaseState[binding.kLastWriteWasAsync] === 0) {
    request = used
    return true
  }
  used.oncomplete = ended => done(ended < 0 ? failure(ended) : null)
  used.buffer = bytes
  return false
}

const failure = (status: number) => {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`write ${code}`), { code })
}

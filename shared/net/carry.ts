import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Direction } from './carry/direction.ts'

/** An established connection. */
export interface CarryLeg {
  /** The bytes of the layer above: a TLS socket upon `raw`, or `raw` itself. */
  stream: Duplex
  /** The socket below, which alone can send a reset. */
  raw: Socket
}

export interface Carried {
  /** Bytes written to `other`. */
  toOther: number
  /** Bytes written to `one`. */
  toOne: number
  /** `fin`: both sides ended; `rst`: one was reset or destroyed; `error`: one failed in another way. */
  ended: 'fin' | 'rst' | 'error'
}

/**
 * Passes bytes between two connections untouched, both ways, until both are gone. An end of one is an end to the other,
 * a reset a reset. From here on nobody else may read or write them.
 */
export function carry(one: CarryLeg, other: CarryLeg): Promise<Carried> {
  return new Promise(resolve => {
    const there = new Direction(one, other)
    const back = new Direction(other, one)
    let ended: Carried['ended'] = 'fin'
    const failed = (how: 'rst' | 'error') => {
      if (ended !== 'fin') return
      ended = how
      reset(one)
      reset(other)
    }
    const sockets = new Set<Duplex>([one.stream, one.raw, other.stream, other.raw])
    let open = 0
    const closed = () => {
      open -= 1
      if (open > 0) return
      there.over()
      back.over()
      resolve({ toOther: there.bytes, toOne: back.bytes, ended })
    }
    for (const { stream, raw } of [one, other]) {
      raw.setNoDelay()
      // Reads and writes past the streams do not count as its activity.
      raw.setTimeout(0)
      for (const socket of new Set<Duplex>([stream, raw])) {
        socket.on('error', (error: NodeJS.ErrnoException) => failed(isReset(error) ? 'rst' : 'error'))
        if (socket.closed) continue
        open += 1
        socket.on('close', () => {
          if (!(stream.readableEnded && stream.writableFinished)) failed('rst')
          else if (socket === stream) raw.destroy()
          closed()
        })
      }
    }
    open += 1
    if ([...sockets].some(socket => socket.destroyed)) failed('rst')
    else {
      there.start()
      back.start()
    }
    closed()
  })
}

/** A write after the peer's reset says EPIPE. */
const isReset = ({ code }: NodeJS.ErrnoException) =>
  code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED'

function reset({ raw, stream }: CarryLeg): void {
  const ending = stream.writableEnded && !stream.writableFinished && stream.writableLength === 0
  if (raw.destroyed || (ending && stream !== raw)) {
    stream.destroy()
    raw.destroy()
  } else if (ending) {
    // libuv refuses a reset until the FIN, which waits for nothing any more, is out; the handle would be lost.
    raw.once('finish', () => raw.resetAndDestroy())
  } else raw.resetAndDestroy()
}

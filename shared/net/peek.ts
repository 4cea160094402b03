import type { Duplex } from 'node:stream'
import { classify, type FirstBytes } from '../wire/first-bytes.ts'

export type Peeked = Exclude<FirstBytes, { kind: 'need-more' }> & { bytes: Buffer }

/**
 * Looks at the first bytes of an accepted socket and puts them back, so that whoever reads next misses nothing.
 * Resolves with null when the peer goes away, or says nothing that can be told apart, within `timeout` ms.
 */
export function peek(socket: Duplex, timeout: number): Promise<Peeked | null> {
  return lookAhead(socket, timeout, {
    tell(bytes) {
      const seen = classify(bytes)
      return seen.kind === 'need-more' ? null : { answer: { ...seen, bytes }, rest: bytes }
    },
    gone: () => null,
  })
}

interface Looking<T> {
  /** What the bytes so far say, and which of them are put back; null: more are needed. */
  tell(bytes: Buffer): { answer: T; rest: Buffer } | null
  /** What it is where no more bytes come. */
  gone(bytes: Buffer): T
}

export function lookAhead<T>(socket: Duplex, timeout: number, looking: Looking<T>): Promise<T> {
  return new Promise(resolve => {
    let bytes = Buffer.alloc(0)
    const settle = (result: T) => {
      clearTimeout(timer)
      socket.off('readable', look).off('end', gone).off('close', gone).off('error', gone)
      resolve(result)
    }
    const gone = () => settle(looking.gone(bytes))
    const look = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) bytes = Buffer.concat([bytes, chunk])
      const told = looking.tell(bytes)
      if (told === null) return
      socket.off('readable', look)
      if (told.rest.length > 0) socket.unshift(told.rest)
      settle(told.answer)
    }
    const timer = setTimeout(gone, timeout)
    socket.on('readable', look).on('end', gone).on('close', gone).on('error', gone)
  })
}

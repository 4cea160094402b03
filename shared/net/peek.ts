import type { Duplex } from 'node:stream'
import { classify, type FirstBytes } from '../wire/first-bytes.ts'

export type Peeked = Exclude<FirstBytes, { kind: 'need-more' }> & { bytes: Buffer }

/**
 * Looks at the first bytes of an accepted socket and puts them back, so that whoever reads next misses nothing.
 * Resolves with null when the peer goes away, or says nothing that can be told apart, within `timeout` ms.
 */
export function peek(socket: Duplex, timeout: number): Promise<Peeked | null> {
  return new Promise(resolve => {
    let bytes = Buffer.alloc(0)
    const settle = (result: Peeked | null) => {
      clearTimeout(timer)
      socket.off('readable', look).off('end', gone).off('close', gone).off('error', gone)
      resolve(result)
    }
    const gone = () => settle(null)
    const look = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) bytes = Buffer.concat([bytes, chunk])
      const seen = classify(bytes)
      if (seen.kind === 'need-more') return
      socket.off('readable', look)
      socket.unshift(bytes)
      settle({ ...seen, bytes })
    }
    const timer = setTimeout(gone, timeout)
    socket.on('readable', look).on('end', gone).on('close', gone).on('error', gone)
  })
}

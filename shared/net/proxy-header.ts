import type { Duplex } from 'node:stream'
import type { Endpoint, ProxyHeaderFault } from '../journal/observation.ts'
import { type ProxyHeader, readProxyHeader } from '../wire/proxy-header.ts'
import type { ProxyProtocol } from './host.ts'
import { lookAhead, type Peeked } from './peek.ts'

export interface ProxyHeaderRefusal {
  code: ProxyHeaderFault
  reason: string
}

export type TakenHeader =
  | { state: 'taken'; header: ProxyHeader }
  | { state: 'none' }
  | { state: 'refused'; fault: ProxyHeaderRefusal }
  /** Nothing came at all. */
  | { state: 'gone' }

/** Takes a header off the stream, whose next byte is then the first one behind it. All of it has to come within `timeout` ms. */
export function takeProxyHeader(stream: Duplex, timeout: number): Promise<TakenHeader> {
  return lookAhead<TakenHeader>(stream, timeout, {
    tell(bytes) {
      if (bytes.length === 0) return null
      const read = readProxyHeader(bytes)
      switch (read.state) {
        case 'need-more':
          return null
        case 'none':
          return { answer: { state: 'none' }, rest: bytes }
        case 'unreadable':
          return {
            answer: { state: 'refused', fault: { code: 'unreadable', reason: read.reason } },
            rest: Buffer.alloc(0),
          }
        case 'complete':
          return { answer: { state: 'taken', header: read.header }, rest: bytes.subarray(read.length) }
      }
    },
    gone: ({ length }) =>
      length === 0
        ? { state: 'gone' }
        : {
            state: 'refused',
            fault: {
              code: 'truncated',
              reason: `after ${length} bytes of a header no more came, or not within ${timeout / 1_000} s`,
            },
          },
  })
}

/** Whether what came first may come so. */
export function faultOf(
  { kind }: Peeked,
  { mode }: ProxyProtocol,
  taken: boolean,
  { address }: Endpoint,
): ProxyHeaderRefusal | null {
  if (kind === 'proxy-header') {
    if (mode === 'off') return { code: 'unexpected', reason: `${address} sent one to a port that expects none` }
    return taken
      ? { code: 'unexpected', reason: `${address} sent a second one behind the first` }
      : { code: 'untrusted', reason: `${address} sent one, and is not among those whose headers are believed` }
  }
  return mode === 'expected' && !taken ? { code: 'missing', reason: `${address} sent none` } : null
}

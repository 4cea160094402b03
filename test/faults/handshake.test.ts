import { describe, expect, test } from 'vitest'
import { bothFinished, clientFinished, follow, NOTHING_SEEN, PLAIN, type Side } from '../../shared/faults/handshake.ts'
import { RECORD, type TlsRecord } from '../../shared/faults/records.ts'

/** `C:23x53`: from the client, type 23, 53 bytes; `S:hello:1301`: the server chooses this suite. */
function record(words: string): { from: Side; record: TlsRecord } {
  const [side, kind = '', suite = ''] = words.split(':')
  const from = side === 'C' ? 'client' : 'server'
  if (kind === 'hello') {
    // type, length, version, random, a session id of 32 bytes
    const body = Buffer.concat([
      Buffer.from([2, 0, 0, 72, 3, 3]),
      Buffer.alloc(32, 7),
      Buffer.from([32]),
      Buffer.alloc(32, 9),
      Buffer.from(suite, 'hex'),
    ])
    return { from, record: { type: RECORD.handshake, body, bytes: body } }
  }
  const [type, length] = kind.split('x').map(Number)
  const body = Buffer.alloc(length ?? 1, 1)
  return { from, record: { type: type ?? 0, body, bytes: body } }
}

/** After which record each condition first holds; -1 for never. */
function finishes(...flight: string[]): { client: number; both: number } {
  let handshake = NOTHING_SEEN
  const found = { client: -1, both: -1 }
  flight.forEach((words, index) => {
    const { from, record: next } = record(words)
    handshake = follow(handshake, from, next)
    if (found.client === -1 && clientFinished(handshake)) found.client = index
    if (found.both === -1 && bothFinished(handshake)) found.both = index
  })
  return found
}

describe('TLS 1.3', () => {
  test.each([
    ['SHA-256', 'S:hello:1301', 'C:23x53'],
    ['SHA-384', 'S:hello:1302', 'C:23x69'],
  ])('ends with the client’s Finished (%s), with or without ChangeCipherSpec', (_hash, hello, finished) => {
    expect(finishes('C:22', hello, 'S:20', 'S:23x900', 'C:20', finished, 'C:23x53')).toEqual({ client: 5, both: 5 })
    expect(finishes('C:22', hello, 'S:23x900', finished)).toEqual({ client: 3, both: 3 })
  })

  test('Certificate, CertificateVerify and Finished in three records', () => {
    expect(finishes('C:22', 'S:hello:1301', 'C:20', 'C:23x640', 'C:23x96', 'C:23x53')).toMatchObject({ client: 5 })
  })

  test('a flight in records of other lengths ends after the third at the latest', () => {
    expect(finishes('C:22', 'S:hello:1301', 'C:23x700', 'C:23x200', 'C:23x200')).toMatchObject({ client: 4 })
  })
})

describe('TLS 1.2', () => {
  test('in full: the client finishes, then the server', () => {
    expect(finishes('C:22', 'S:hello:c02b', 'S:22', 'C:22', 'C:20', 'C:22x40', 'S:22', 'S:20', 'S:22x40')).toEqual({
      client: 5,
      both: 8,
    })
  })

  test('resumed: the server finishes, then the client', () => {
    expect(finishes('C:22', 'S:hello:c02b', 'S:20', 'S:22x40', 'C:20', 'C:22x40')).toEqual({ client: 5, both: 5 })
  })
})

test('what is not TLS has no handshake to wait for', () => {
  expect(clientFinished(PLAIN) && bothFinished(PLAIN)).toBe(true)
  expect(follow(PLAIN, 'client', record('C:22').record)).toBe(PLAIN)
})

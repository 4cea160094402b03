/** Which HTTP request became which, where the two ends did not see the same number of them. */
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../shared/journal/observation.ts'
import { added, alterations, pairRequests } from '../../shared/verdict/requests.ts'

const NONCE = 'x-ksc-lab-nonce'
type Asked = { path?: string; host?: string; headers?: Record<string, string>; body?: string; marked?: boolean }

let t = 0
const end =
  (at: Observation['end']) =>
  (...asked: Asked[]): Observation[] =>
    asked.flatMap(({ path = '/', host = 'a', headers = {}, body, marked = true }) => {
      const place = { t: t++, host: 'x', end: at, connection: `${at}#1`, port: 443, transport: 'tcp' as const }
      const all = { ...headers, ...(marked ? { [NONCE]: 'n' } : {}) }
      const request = {
        what: 'http-request',
        detail: { method: 'GET', path, host, version: '1.1', headers: all },
      } as const
      const bodies =
        body === undefined ? [] : [{ what: 'http-body', detail: { bytes: body.length, digest: body } } as const]
      return [request, ...bodies].map(sight => ({ ...place, ...sight }))
    })
const [sent, came] = [end('initiator'), end('responder')]
const pairs = (one: Observation[], other: Observation[]) =>
  pairRequests(one, other).map(pair => [pair.sent.detail.path, pair.came.detail.path])

describe('requests are paired', () => {
  it('one by one', () => {
    expect(pairs(sent({ path: '/a' }, { path: '/b' }), came({ path: '/a' }, { path: '/c' }))).toEqual([
      ['/a', '/a'],
      ['/b', '/c'],
    ])
  })

  it('from the last one, where a box has asked more than once', () => {
    expect(pairs(sent({ path: '/a' }), came({ path: '/x' }, { path: '/a' }))).toEqual([['/a', '/a']])
  })

  it('not where one of them did not arrive', () => {
    expect(pairs(sent({ path: '/a' }, { path: '/b' }), came({ path: '/a' }))).toEqual([])
    expect(pairs(sent({ path: '/a' }), [])).toEqual([])
  })

  it('without a nonce, where as many came as were sent; not where the marked one is missing', () => {
    const two = () => sent({ path: '/a', marked: false }, { path: '/b' })
    const plain = (path: string) => ({ path, marked: false })
    expect(pairs(two(), came(plain('/a'), plain('/b')))).toEqual([
      ['/a', '/a'],
      ['/b', '/b'],
    ])
    expect(pairs(two(), came(plain('/a')))).toEqual([])
  })
})

describe('what has changed', () => {
  const between = (one: Asked, other: Asked) => {
    const [pair] = pairRequests(sent(one), came(other))
    return pair ? { altered: alterations(pair).map(({ what }) => what), added: added(pair) } : null
  }

  it.each<[string, Asked, Asked, string[], string[]]>([
    ['nothing', { body: 'x' }, { body: 'x' }, [], []],
    ['path, Host and body', { body: 'x' }, { path: '/b', host: 'b', body: 'y' }, ['path', 'Host', 'body'], []],
    ['a body of which one end knows nothing', { body: 'x' }, {}, [], []],
    ['a header that is gone', { headers: { range: '1' } }, {}, ['range'], []],
    ['a header with another value', { headers: { range: '1' } }, { headers: { range: '2' } }, ['range'], []],
    ['what any proxy may set', { headers: { 'user-agent': '1', te: '1' } }, { headers: { connection: '1' } }, [], []],
    ['a header more', {}, { headers: { via: '1', 'sec-websocket-key': '1' } }, [], ['via']],
    ['the nonce', {}, { marked: false }, [NONCE], []],
  ])('%s', (_what, one, other, altered, more) => {
    expect(between(one, other)).toEqual({ altered, added: more })
  })
})

/** Parts of a package, as a resumed download asks for them (RFC 9110 section 14). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { startServer } from '../klserver/kit.ts'
import { type Answer, ask } from './kit.ts'

const SIZE = 8 * 1024 * 1024
const PACKAGE = '/packages/network-agent-stand-in.bin'

let lab: Lab
let whole: Answer
beforeAll(async () => {
  lab = await startServer()
  whole = await ask(lab.endpoint('klserver', 8060), PACKAGE)
})
afterAll(() => lab.stop())

const part = (range: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(lab.endpoint('klserver', 8060), PACKAGE, { method, headers: { range, ...headers } })

describe('a range', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=1-1', 1, 1],
    ['bytes=100-199', 100, 199],
    ['bytes=-5', SIZE - 5, SIZE - 1],
    [`bytes=-${SIZE}`, 0, SIZE - 1],
    [`bytes=-${SIZE + 1}`, 0, SIZE - 1],
    ['bytes=0-', 0, SIZE - 1],
    [`bytes=${SIZE - 1}-`, SIZE - 1, SIZE - 1],
    [`bytes=${SIZE - 2}-${SIZE + 100}`, SIZE - 2, SIZE - 1],
    [`bytes=${SIZE / 2}-99999999999999999999999`, SIZE / 2, SIZE - 1],
  ])('%s is given', async (range, from, to) => {
    const { status, headers, body } = await part(range)
    expect(status).toBe(206)
    expect(headers).toMatchObject({
      'content-range': `bytes ${from}-${to}/${SIZE}`,
      'content-length': String(to - from + 1),
      // Of the whole package, so that the pieces can be checked once they are put together.
      'repr-digest': whole.headers['repr-digest'],
      etag: whole.headers.etag,
    })
    expect(body.equals(whole.body.subarray(from, to + 1))).toBe(true)
  })

  it.each([
    `bytes=${SIZE}-`,
    `bytes=${SIZE}-${SIZE + 5}`,
    `bytes=${SIZE + 1}-`,
    'bytes=99999999999999999999999-',
    'bytes=-0',
  ])('%s is beyond the end', async range => {
    const { status, headers, body } = await part(range)
    expect({ status, range: headers['content-range'], length: body.length }).toEqual({
      status: 416,
      range: `bytes */${SIZE}`,
      length: 0,
    })
  })

  it.each([
    'bytes=0-0,5-6',
    'bytes=5-2',
    'bytes=-',
    'bytes=a-b',
    'bytes=0x10-',
    'bytes=1.5-3',
    'bytes=--5',
    'lines=0-5',
    'bytes',
    '',
  ])('%j is passed over, and all is given', async range => {
    const { status, headers, body } = await part(range)
    expect(status).toBe(200)
    expect(headers['content-range']).toBeUndefined()
    expect(body.equals(whole.body)).toBe(true)
  })

  it('is for GET alone', async () => {
    const { status, headers } = await part('bytes=0-9', {}, 'HEAD')
    expect({ status, length: headers['content-length'] }).toEqual({ status: 200, length: String(SIZE) })
  })
})

describe('If-Range', () => {
  it('with the tag of this package gives the part', async () => {
    expect((await part('bytes=0-9', { 'if-range': String(whole.headers.etag) })).status).toBe(206)
  })

  it.each(['"another-package"', 'W/"weak"', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    '%s gives all, so that no two packages are mixed',
    async condition => {
      const { status, body } = await part('bytes=0-9', { 'if-range': condition })
      expect({ status, length: body.length }).toEqual({ status: 200, length: SIZE })
    },
  )

  it('of another package goes before the end', async () => {
    expect((await part(`bytes=${SIZE}-`, { 'if-range': '"another-package"' })).status).toBe(200)
  })
})

it('two halves make the whole', async () => {
  const middle = SIZE / 2
  const [first, second] = await Promise.all([part(`bytes=0-${middle - 1}`), part(`bytes=${middle}-`)])
  expect(Buffer.concat([first.body, second.body]).equals(whole.body)).toBe(true)
})

/** examples/nginx-stream as its README tells it, with the real nginx. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, carried, missing, reoriginated, type Stage, stage, unexpected } from './kit.ts'

const LISTENING = at(443, 8060, 8061, 8080, 13000, 13292, 13293, 17000, 17100)

describe.skipIf(missing(['nginx', '-v']))('examples/nginx-stream', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage('nginx-stream')
    await on.start(...LISTENING)
  })
  afterAll(() => on[Symbol.asyncDispose]())

  it('carries every arrow of the schema, TLS from end to end', async () => {
    const { code, report } = await on.verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(carried(report).map(({ verdict }) => verdict)).toEqual(Array(19).fill('delivered'))
    expect(reoriginated(report).sort()).toEqual([])
  })
})

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { download } from '../../services/klnagent/distribution-point/download.ts'
import type { Session } from '../../shared/net/session.ts'
import { arrive, GATEWAY, startPair } from '../gateway/kit.ts'
import { hello, newNonce } from '../klserver/kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startPair({}, 'gateway', ['dmz-pc'])
})
afterAll(() => lab.stop())

async function client() {
  const caller = await arrive(lab, { servername: GATEWAY })
  expect(await caller.ask(hello({ role: 'distribution-client' }))).toMatchObject({ type: 'welcome', host: 'gateway' })
  return caller
}
const piece = (more: object) => ({ type: 'get-piece', id: 2, package: 'network-agent-stand-in.bin', ...more })

describe('packages of a distribution point', () => {
  it('are had whole by the device of its zone, which checks them', async () => {
    const { results } = await lab.verify({ flows: ['x-dp-agents'] })
    expect(results.map(({ id, verdict }) => ({ id, verdict }))).toEqual([
      { id: 'x-dp-agents@dmz-pc>gateway:13000', verdict: 'delivered' },
    ])
    expect(results[0]?.evidence.find(({ what }) => what === 'transfer')?.detail).toEqual({
      bytes: 8 * 1024 * 1024,
      of: 8 * 1024 * 1024,
      complete: true,
    })
  })

  it('come in any pieces, and are what the list promises', async () => {
    using caller = await client()
    const { packages } = await caller.ask({ type: 'list-packages', id: 1, nonce: newNonce() })
    const [offered] = packages as { bytes: number; sha256: string }[]
    const hash = createHash('sha256')
    const bytes = offered?.bytes ?? 0
    for (let from = 0; from < bytes; from += 200_000) {
      const answer = await caller.ask(piece({ from, length: Math.min(200_000, bytes - from) }))
      hash.update(answer.bytes as Buffer)
    }
    expect(hash.digest('hex')).toBe(offered?.sha256)
  })

  it.each([
    ['an unknown package', { package: 'other.bin', from: 0, length: 1 }, 'no-package'],
    ['a piece that begins beyond the end', { from: 8 * 1024 * 1024, length: 1 }, 'beyond-the-end'],
    ['a piece that goes beyond the end', { from: 8 * 1024 * 1024 - 1, length: 2 }, 'beyond-the-end'],
  ])('%s is refused in words, and the session goes on', async (_what, asked, code) => {
    using caller = await client()
    expect(await caller.ask(piece(asked))).toMatchObject({ type: 'error', id: 2, code })
    expect(await caller.ask(piece({ from: 0, length: 1 }))).toMatchObject({ type: 'piece', id: 2 })
  })

  it('a piece longer than 256 KiB is refused', async () => {
    using caller = await client()
    const answer = await caller.ask(piece({ from: 0, length: 256 * 1024 + 1 }))
    expect(answer).toMatchObject({ type: 'error', code: 'bad-message' })
  })

  it('are not given as another role', async () => {
    using caller = await arrive(lab, { servername: GATEWAY })
    expect(await caller.ask(hello({ role: 'console' }))).toMatchObject({ code: 'role-refused' })
  })

  it('with a wrong checksum, or a short piece, are not taken', async () => {
    const session = (bytes: Buffer) =>
      ({ request: async () => ({ bytes }), connection: { observe: () => {} } }) as unknown as Session
    const offered = { name: 'a.bin', bytes: 4, sha256: createHash('sha256').update('good').digest('hex') }
    await download(session(Buffer.from('good')), offered)
    await expect(download(session(Buffer.from('evil')), offered)).rejects.toMatchObject({ code: 'CHECKSUM' })
    await expect(download(session(Buffer.from('goo')), offered)).rejects.toMatchObject({ code: 'PIECE' })
  })

  it('are not had from a stranger, whose certificate another Server has issued', async () => {
    await lab.present('gateway', 'self-signed')
    try {
      const { results } = await lab.verify({ flows: ['x-dp-agents', 'x-dp-push'] })
      expect(results.map(({ verdict }) => verdict)).toEqual(['certificate-rejected', 'certificate-rejected'])
    } finally {
      await lab.present('gateway', null)
    }
  })
})

/** A device of a multicast group, told and sent whatever a test likes. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { Agent } from '../../services/klnagent/agent.ts'
import { Assembly } from '../../services/klnagent/distribution-point/multicast/assembly.ts'
import { Collector } from '../../services/klnagent/distribution-point/multicast/collector.ts'
import type { TopologyHost } from '../../shared/config/topology.ts'
import type { Sight } from '../../shared/journal/observation.ts'
import type { Session } from '../../shared/net/session.ts'
import { PIECE_LENGTH, pieceCount } from '../../shared/wire/messages/multicast.ts'
import { sealPiece } from '../../shared/wire/piece-datagram.ts'

const content = randomBytes(3 * PIECE_LENGTH + 7)
const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** A device that hears of a package; `report` is what it says of it in the end. */
function device(announced: { sha256?: string; pieces?: number } = {}) {
  const log = pino({ level: 'silent' })
  const collector = new Collector({ agent: {} as Agent, point: {} as TopologyHost, log })
  const [transfer, key] = [randomBytes(16), randomBytes(32)]
  const sights: Sight[] = []
  const reported = Promise.withResolvers<object>()
  const asked: string[] = []
  const session = {
    closed: new Promise(() => {}),
    request: async (message: { type: string }) => {
      asked.push(message.type)
      if (message.type === 'collected') reported.resolve(message)
    },
  } as unknown as Session
  const pieces = pieceCount(content.length)
  const nonce = 'exercise-1'
  const sha256 = sumOf(content)
  const what = { package: 'a.bin', bytes: content.length, sha256, pieces, transfer, key, ...announced }
  collector.hear({ type: 'multicast', nonce, ...what }, session)
  const receive = (bytes: Uint8Array) =>
    collector.receive({
      bytes: Buffer.from(bytes),
      from: { address: '127.0.0.1', port: 1 },
      observe: sight => void sights.push(sight),
    })
  const piece = (number: number, more: { with?: Buffer; of?: number; bytes?: Buffer; transfer?: Buffer } = {}) => {
    const { with: secret = key, of = pieces, ...rest } = more
    const bytes = content.subarray(number * PIECE_LENGTH, (number + 1) * PIECE_LENGTH)
    return sealPiece({ kind: 'piece', transfer, number, of, bytes, ...rest }, body =>
      createHmac('sha256', secret).update(body).digest(),
    )
  }
  return {
    receive,
    piece,
    asked,
    sights,
    refusals: () => sights.flatMap(one => (one.what === 'datagram-refused' ? [one.detail.reason] : [])),
    over: () => collector.hear({ type: 'multicast-over', transfer }, session),
    report: reported.promise,
  }
}

it('takes pieces in any order, and twice', async () => {
  const { receive, piece, over, report, sights } = device()
  for (const number of [3, 1, 1, 0, 2]) receive(piece(number))
  over()
  expect(await report).toMatchObject({ received: 4, outcome: 'whole' })
  expect(sights.map(({ what }) => what).slice(0, 3)).toEqual(['request-received', 'multicast-received', 'transfer'])
})

it('refuses a package of another checksum than was announced, and says why', async () => {
  const { receive, piece, over, report } = device({ sha256: sumOf(Buffer.from('other')) })
  for (const number of [0, 1, 2, 3]) receive(piece(number))
  over()
  expect(await report).toMatchObject({
    received: 4,
    outcome: 'refused',
    reason: `a.bin: the bytes have SHA-256 ${sumOf(content)}, and ${sumOf(Buffer.from('other'))} was promised`,
  })
})

it('finds a false piece of another member, who has the key, by the checksum', async () => {
  const { receive, piece, over, report } = device()
  receive(piece(2, { bytes: randomBytes(PIECE_LENGTH) }))
  for (const number of [0, 1, 2, 3]) receive(piece(number))
  over()
  expect(await report).toMatchObject({ outcome: 'refused' })
})

it('refuses what is no piece of the transfer, and takes the others', async () => {
  const { receive, piece, over, report, refusals } = device()
  receive(piece(0, { with: randomBytes(32) }))
  receive(piece(0, { of: 5 }))
  receive(piece(1, { bytes: Buffer.of(1) }))
  receive(piece(4, { bytes: randomBytes(PIECE_LENGTH) }))
  receive(piece(4, { bytes: Buffer.alloc(0) }))
  // Of somebody else's transfer.
  receive(piece(0, { transfer: randomBytes(16) }))
  expect(refusals().map(reason => reason.replace(/:.*/s, ''))).toEqual(['forged', ...Array(4).fill('bad-body')])
  for (const number of [0, 1, 2, 3]) receive(piece(number))
  over()
  expect(await report).toMatchObject({ received: 4, outcome: 'whole' })
})

it('says that nothing came', async () => {
  const { over, report } = device()
  over()
  expect(await report).toMatchObject({ received: 0, outcome: 'nothing' })
})

it('does not join a transfer whose number of pieces is not that of its bytes', () => {
  expect(device({ pieces: 3 }).asked).toEqual([])
  expect(device().asked).toEqual(['joined'])
})

it('asks for neighbours in one, and for no more than one may ask for', () => {
  const assembly = new Assembly(content.length)
  expect(assembly.gaps(10_000)).toEqual([{ from: 0, length: content.length }])
  assembly.put(1, content.subarray(PIECE_LENGTH, 2 * PIECE_LENGTH))
  expect(assembly.gaps(PIECE_LENGTH)).toEqual([
    { from: 0, length: PIECE_LENGTH },
    { from: 2 * PIECE_LENGTH, length: PIECE_LENGTH },
    { from: 3 * PIECE_LENGTH, length: 7 },
  ])
  for (const gap of assembly.gaps(10_000)) assembly.fill(gap, content.subarray(gap.from, gap.from + gap.length))
  expect([assembly.whole, assembly.content.equals(content)]).toEqual([true, true])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { macOf, magicPacket, readMagicPacket } from '../../shared/wire/magic-packet.ts'

const MAC = '02:4b:53:43:00:65'
const NONCE = '5f0c9e1a-1111-2222-3333-444455556666'

describe('a magic packet', () => {
  it('is six bytes of FF, sixteen times the address, and then the nonce', () => {
    const packet = magicPacket(MAC, NONCE)
    expect(packet.subarray(0, 6).toString('hex')).toBe('ffffffffffff')
    expect(packet.subarray(6, 102).toString('hex')).toBe('024b53430065'.repeat(16))
    expect(packet.subarray(102).toString()).toBe(NONCE)
  })

  it('is found wherever it stands in a frame, as a card finds it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.tuple(fc.nat(255), fc.nat(255)), (before, [zone, number]) => {
        const mac = macOf(zone, number)
        const read = readMagicPacket(Buffer.concat([before, magicPacket(mac, NONCE)]))
        expect(read).toEqual({ mac, nonce: NONCE })
      }),
    )
  })

  it.each([
    ['cut short', (packet: Buffer) => packet.subarray(0, 101)],
    ['with one byte of one address wrong', (packet: Buffer) => Buffer.from(packet).fill(0, 50, 51)],
    ['without its head', (packet: Buffer) => packet.subarray(6)],
    ['empty', () => Buffer.alloc(0)],
  ])('%s is none', (_how, change) => {
    expect(readMagicPacket(change(magicPacket(MAC, '')))).toBeNull()
  })

  it('is not made for what is no address', () => {
    expect(() => magicPacket('02-4b-53', NONCE)).toThrow('six pairs of hexadecimal digits with colons')
  })
})

import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  HEADER,
  packetLength,
  preLogin,
  preLoginAnswer,
  readPreLogin,
  readPreLoginAnswer,
} from '../../shared/wire/tds.ts'

test('a nonce comes as it went', () => {
  fc.assert(
    fc.property(fc.uuid(), nonce => {
      const bytes = preLogin(nonce)
      expect(packetLength(bytes)).toBe(bytes.length)
      expect(readPreLogin(bytes)).toEqual({ nonce })
      expect(readPreLoginAnswer(bytes)).toBeNull()
    }),
  )
})

test('byte by byte, as MS-TDS 2.2.6.5 has it', () => {
  expect(preLoginAnswer().toString('hex')).toBe(
    ['0401001a00000100', '00000b0006', '0100110001', 'ff', '0f0007d00000', '02'].join(''),
  )
  expect(readPreLoginAnswer(preLoginAnswer())).toBe('15.0.2000')
  expect(readPreLogin(preLoginAnswer())).toBeNull()
})

test('no bytes at all make it fail, cut short or changed', () => {
  const whole = preLogin(randomUUID())
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(whole.length - 1), fc.nat(255), (noise, at, byte) => {
      const changed = Buffer.from(whole)
      changed[at] = byte
      for (const bytes of [Buffer.from(noise), changed, whole.subarray(0, at)]) {
        expect([0, HEADER].includes(packetLength(bytes)) || packetLength(bytes) > HEADER).toBe(true)
        readPreLogin(bytes)
        readPreLoginAnswer(bytes)
      }
    }),
  )
})

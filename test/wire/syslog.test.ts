import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeSyslog,
  readSyslog,
  SyslogError,
  type SyslogMessage,
  SyslogReader,
  syslogSeverity,
} from '../../shared/wire/syslog.ts'

const MESSAGE: SyslogMessage = {
  severity: 4,
  at: Date.UTC(2026, 10, 25, 12, 0, 0),
  host: 'agent-1',
  process: 'klserver',
  kind: 'KLNAG_EV_STARTED',
  data: { nonce: 'a"b]c\\d' },
  text: 'Ein Gerät ist da',
}

describe('an event as syslog', () => {
  it('is RFC 5424 after its length: priority of local use 0, time, host, structured data, text in UTF-8', () => {
    expect(encodeSyslog(MESSAGE).toString()).toBe(
      '142 <132>1 2026-11-25T12:00:00.000Z agent-1 klserver - KLNAG_EV_STARTED [ksc-lab@32473 nonce="a\\"b\\]c\\\\d"] \ufeffEin Gerät ist da'.replace(
        /^\d+/,
        String(encodeSyslog(MESSAGE).length - 4),
      ),
    )
  })

  it('says the four severities of KSC as syslog has them', () => {
    expect(([1, 2, 3, 4] as const).map(syslogSeverity)).toEqual([6, 4, 3, 2])
  })

  it('is read as it was written, cut anywhere', () => {
    const data = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string())
    const messages = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }), data }), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 64 }), (some, step) => {
        const sent = some.map(one => ({ ...MESSAGE, ...one, data: { ...one.data } }))
        const bytes = Buffer.concat(sent.map(encodeSyslog))
        const reader = new SyslogReader()
        const read: SyslogMessage[] = []
        for (let at = 0; at < bytes.length; at += step)
          read.push(...reader.push(bytes.subarray(at, at + step)).map(readSyslog))
        expect(read).toEqual(sent)
      }),
    )
  })

  it('without a length, or with what is no message, is refused in words', () => {
    expect(() => new SyslogReader().push(Buffer.from('<13>1 - no length'))).toThrow('a length of at most')
    expect(() => new SyslogReader().push(Buffer.from('1234567 '))).toThrow(SyslogError)
    expect(() => readSyslog(Buffer.from('Nov 25 12:00:00 old style'))).toThrow('no RFC 5424 message')
    expect(() => readSyslog(Buffer.from('<999>1 2026-11-25T12:00:00Z h a - - - text'))).toThrow('at most 191')
  })
})

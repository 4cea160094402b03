/** `idle-cut` from evidence by hand: what no box of the tests does, and the two ends that do not agree. */
import { describe, expect, it } from 'vitest'
import type { Observation, Sight } from '../../shared/journal/observation.ts'
import { drawVerdict } from '../../shared/verdict/draw.ts'

const NONCE = 'exercise-1'
type Seen = [t: number, sight: Sight]

const journal = (end: Observation['end'], seen: Seen[]): Observation[] =>
  seen.map(([t, sight]) => ({
    ...sight,
    ...{ t, end, host: end === 'initiator' ? 'klserver' : 'gateway', connection: `${end}#1`, nonce: NONCE },
    ...{ port: 13000, transport: 'tcp' as const },
  }))

const local = { address: '192.0.2.10', port: 50_000 }
const remote = { address: '198.51.100.10', port: 13_000 }
const holding: Seen = [1_000, { what: 'holding', detail: { span: 600_000, patience: 3_000 } }]
const closed = (t: number, how: 'fin' | 'rst' | 'local'): Seen => [t, { what: 'closed', detail: { how, after: t } }]
const failed: Seen = [620_000, { what: 'exercise-failed', detail: { code: 'IDLE_CUT', message: 'cut' } }]

const verdict = (initiator: Seen[], responder: Seen[]) =>
  drawVerdict(
    {
      initiator: journal('initiator', [
        [1, { what: 'connecting', detail: { to: 'gateway', ...remote } }],
        [2, { what: 'connected', detail: { local, remote } }],
        [900, { what: 'reply-received', detail: { nonce: NONCE } }],
        holding,
        ...initiator,
        failed,
      ]),
      responder: journal('responder', [
        [2, { what: 'accepted', detail: { local: remote, remote: local } }],
        [800, { what: 'request-received', detail: { nonce: NONCE } }],
        holding,
        ...responder,
      ]),
      ...{ carriers: [], elsewhere: [], oneWay: false, mustNotPass: false },
    },
    {
      ...{ from: 'klserver', to: 'gateway', port: 13_000, transport: 'tcp', at: '198.51.100.10:13000' },
      ...{ between: 'the firewall between lan and dmz', carrier: null },
    },
  )

describe('idle-cut', () => {
  it('tells what each end saw where only the initiator was told', () => {
    const { verdict: word, explanation } = verdict([closed(31_000, 'fin')], [])
    expect(word).toBe('idle-cut')
    expect(explanation).toContain('klserver saw it ended with FIN after 30 s')
    expect(explanation).toContain('gateway saw nothing of that, and still held it open')
    expect(explanation).toContain('the firewall between lan and dmz cuts what is idle for 30 s')
  })

  it('and where only the responder was', () => {
    const { verdict: word, explanation } = verdict([closed(619_000, 'local')], [closed(61_000, 'rst')])
    expect(word).toBe('idle-cut')
    expect(explanation).toContain('klserver never heard gateway again, on a connection that looked open')
    expect(explanation).toContain('gateway saw it reset (RST) after 60 s')
  })

  it('names the way where nothing comes back though all arrives', () => {
    const heard: Seen = [606_000, { what: 'held', detail: { after: 605_000 } }]
    const { explanation } = verdict([closed(619_000, 'local')], [heard])
    expect(explanation).toContain('gateway heard klserver after 605 s')
    expect(explanation).toContain('the firewall between lan and dmz let nothing back any more')
  })

  it('says of a long time-out that signs of life would have been in time, and of a short one that they would not', () => {
    expect(verdict([closed(301_000, 'fin')], [closed(301_000, 'fin')]).advice).toContain('300 s are more than that')
    const short = verdict([closed(46_000, 'fin')], [closed(46_000, 'fin')]).advice
    expect(short).toContain('raise the idle time-out of the firewall between lan and dmz for gateway:13000/tcp')
    expect(short).not.toContain('more than that')
  })

  it('is not drawn where the responder ended the connection itself', () => {
    const { verdict: word, explanation } = verdict([closed(31_000, 'fin')], [closed(30_999, 'local')])
    expect(word).toBe('closed')
    expect(explanation).toContain('gateway itself ended it')
  })

  it('is drawn all the same where the responder has given up after the span', () => {
    const { verdict: word, explanation } = verdict([closed(619_000, 'local')], [closed(610_000, 'local')])
    expect(word).toBe('idle-cut')
    expect(explanation).toContain('gateway never heard klserver again')
  })
})

/** The command queue alone. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOpen, next, type QueuedCommand, report } from '../../services/ios-mdm/queue.ts'
import { STATUSES, type Status } from '../../shared/mdm/protocol.ts'

const AT = '2030-01-31T08:05:00.000Z'
const queued = (uuid: string): QueuedCommand => ({
  uuid,
  requestType: 'DeviceInformation',
  payload: '',
  queuedAt: AT,
  state: 'queued',
})
const three = ['a', 'b', 'c'].map(queued)
const having = (commands: readonly QueuedCommand[], ...said: [Status, string?][]) =>
  said.reduce((now, [status, uuid]) => report(now, status, uuid, AT).commands, commands)
const nextHaving = (...said: [Status, string?][]) => next(having(three, ...said))?.uuid ?? null

describe('a queue', () => {
  it('gives its commands in order, the first until it is answered', () => {
    expect(nextHaving()).toBe('a')
    expect(nextHaving(['Idle'], ['Idle'])).toBe('a')
    expect(nextHaving(['Acknowledged', 'a'])).toBe('b')
    expect(nextHaving(['Acknowledged', 'a'], ['Error', 'b'], ['CommandFormatError', 'c'])).toBe(null)
  })

  it('passes over what was refused with NotNow until the next Idle', () => {
    expect(nextHaving(['NotNow', 'a'])).toBe('b')
    expect(nextHaving(['NotNow', 'a'], ['NotNow', 'b'], ['NotNow', 'c'])).toBe(null)
    expect(nextHaving(['NotNow', 'a'], ['Acknowledged', 'b'], ['Acknowledged', 'c'])).toBe(null)
    expect(nextHaving(['NotNow', 'a'], ['Acknowledged', 'b'], ['Idle'])).toBe('a')
  })

  it('is not moved by an answer that comes twice, or to nothing', () => {
    const once = having(three, ['Acknowledged', 'a'])
    expect(having(once, ['Acknowledged', 'a'], ['Error', 'a'], ['NotNow', 'a'], ['Error', 'z'])).toEqual(once)
    expect(report(once, 'Acknowledged', 'a', AT)).toMatchObject({ answered: null, durable: false })
  })

  it('asks to be written down before an answer to a command, and not for an Idle poll', () => {
    expect(report(three, 'Acknowledged', 'a', AT)).toMatchObject({
      answered: { uuid: 'a', answeredAt: AT },
      durable: true,
    })
    expect(report(three, 'NotNow', 'a', AT)).toMatchObject({ answered: null, durable: true })
    expect(report(three, 'Idle', undefined, AT)).toMatchObject({ answered: null, durable: false })
  })

  it('loses no command, answers none twice, and ends one only by a final answer, whatever is said', () => {
    const said = fc.array(fc.tuple(fc.constantFrom(...STATUSES), fc.constantFrom('a', 'b', 'c', 'z')), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(said, all => {
        const answers: string[] = []
        let now: readonly QueuedCommand[] = three
        for (const [status, uuid] of all) {
          const { commands, answered } = report(now, status, uuid, AT)
          if (answered) answers.push(answered.uuid)
          now = commands
        }
        expect(now.map(({ uuid }) => uuid)).toEqual(['a', 'b', 'c'])
        expect(new Set(answers).size).toBe(answers.length)
        const final = (wanted: string) =>
          all.some(([status, uuid]) => uuid === wanted && !['Idle', 'NotNow'].includes(status))
        for (const one of now) expect(isOpen(one)).toBe(!final(one.uuid))
        // After an Idle every open command may go out again.
        expect(next(report(now, 'Idle', undefined, AT).commands)).toEqual(now.find(isOpen) && expect.anything())
      }),
    )
  })
})

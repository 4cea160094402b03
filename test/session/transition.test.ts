/** The table of one session: what each event does in each state. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CloseReason, type Effect, type Event, type State, start, step } from '../../shared/session/transition.ts'
import type { Message } from '../../shared/wire/messages/index.ts'
import { hello, welcome } from './kit.ts'

const ping: Message = { type: 'ping', id: 1 }
const farewell: Message = { type: 'error', code: 'stopping', message: 'the service stops' }
const answer: Message = { type: 'error', code: 'no', message: 'no such device', id: 1 }
const message = (given: Message): Event => ({ on: 'message', message: given })

const awaiting: State = { name: 'awaiting-hello' }
const greeting: State = { name: 'greeting' }
const open: State = { name: 'open' }
const closing = (reason: CloseReason): State => ({ name: 'closing', reason })
const closed = (reason: CloseReason): State => ({ name: 'closed', reason })

const taken = (given: Message): Effect[] => [
  { do: 'wait', for: 'read' },
  { do: 'deliver', message: given },
]
const ending: Effect[] = [{ do: 'end-socket' }, { do: 'wait', for: 'grace' }]
const refusal = (code: string, text: string): Effect[] => [
  { do: 'send', message: { type: 'error', code, message: text } },
  { do: 'note-refusal', code, text },
  ...ending,
]
const bad: Event = { on: 'bad-input', code: 'not-a-map', text: 'no map' }
const silence: Event = { on: 'silence' }
const done: Event = { on: 'close', reason: 'done' }
const late = refusal('read-timeout', 'nothing was read in time')

test('a responder waits for the hello, an initiator for an answer', () => {
  expect(start('responder')).toEqual([awaiting, [{ do: 'wait', for: 'hello' }]])
  expect(start('initiator')).toEqual([greeting, [{ do: 'wait', for: 'read' }]])
})

const table: [what: string, state: State, event: Event, next: State, effects: Effect[]][] = [
  ['hello', awaiting, message(hello), open, taken(hello)],
  [
    'anything before hello',
    awaiting,
    message(ping),
    closing('refused'),
    refusal('hello-expected', 'the first message must be hello, not ping'),
  ],
  ['no hello', awaiting, silence, closing('hello-timeout'), refusal('hello-timeout', 'no hello came in time')],
  ['welcome', greeting, message(welcome), open, taken(welcome)],
  [
    'anything before welcome',
    greeting,
    message(answer),
    closing('refused'),
    refusal('welcome-expected', 'the answer to hello must be welcome, not error'),
  ],
  ['no welcome', greeting, silence, closing('read-timeout'), late],
  ['a request', open, message(ping), open, taken(ping)],
  ['an error that answers', open, message(answer), open, taken(answer)],
  ['hello again', open, message(hello), closing('refused'), refusal('out-of-order', 'hello in an open session')],
  ['welcome again', open, message(welcome), closing('refused'), refusal('out-of-order', 'welcome in an open session')],
  ['silence', open, silence, closing('read-timeout'), late],
  ...[awaiting, greeting, open].flatMap((state): typeof table => [
    ['bad input', state, bad, closing('refused'), refusal('not-a-map', 'no map')],
    ['a farewell', state, message(farewell), closing('peer-error'), [{ do: 'deliver', message: farewell }, ...ending]],
    ['the peer’s FIN', state, { on: 'peer-ended' }, closing('peer-ended'), ending],
    ['the socket is gone', state, { on: 'socket-closed' }, closed('broken'), []],
    ['our own wish', state, done, closing('done'), ending],
    [
      'our own wish, with words',
      state,
      { on: 'close', reason: 'stopping', error: { code: 'stopping', text: 'we stop' } },
      closing('stopping'),
      refusal('stopping', 'we stop'),
    ],
  ]),
  ['silence', closing('done'), silence, closing('done'), [{ do: 'destroy-socket' }]],
  ['the socket is gone', closing('hello-timeout'), { on: 'socket-closed' }, closed('hello-timeout'), []],
  ...[message(ping), message(farewell), bad, done, { on: 'peer-ended' } as const].map(
    (event): (typeof table)[number] => [event.on, closing('refused'), event, closing('refused'), []],
  ),
]

test.each(table)('%s in %o', (_what, state, event, next, effects) => {
  expect(step(state, event)).toEqual([next, effects])
})

describe('whatever comes, in whatever order', () => {
  const text = fc.string({ maxLength: 5 })
  const reason = fc.constantFrom<CloseReason>('done', 'refused', 'stopping')
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.constantFrom(hello, welcome, ping, farewell, answer).map(message),
    fc.record({ on: fc.constant('bad-input' as const), code: text, text }),
    fc.constantFrom<Event>(silence, { on: 'peer-ended' }, { on: 'socket-closed' }),
    fc.record({ on: fc.constant('close' as const), reason }),
    fc.record({ on: fc.constant('close' as const), reason, error: fc.record({ code: text, text }) }),
  )
  const end = fc.constantFrom('initiator' as const, 'responder' as const)

  function run(who: 'initiator' | 'responder', events: Event[]) {
    let [state, effects] = start(who)
    const states = [state]
    const all: (readonly Effect[])[] = [effects]
    for (const next of events) {
      ;[state, effects] = step(state, next)
      states.push(state)
      all.push(effects)
    }
    return { states, all }
  }
  const rank = { 'awaiting-hello': 0, greeting: 0, open: 1, closing: 2, closed: 3 }
  const count = (effects: readonly Effect[], what: Effect['do']) => effects.filter(effect => effect.do === what).length

  test('a session never goes back, ends its socket once, sends one error at most, and does nothing once closed', () => {
    fc.assert(
      fc.property(end, fc.array(event, { maxLength: 30 }), (who, events) => {
        const { states, all } = run(who, events)
        const ranks = states.map(({ name }) => rank[name])
        expect(ranks).toEqual(ranks.toSorted())
        const wasClosing = states.some(({ name }) => name === 'closing')
        expect(count(all.flat(), 'end-socket')).toBe(wasClosing ? 1 : 0)
        expect(count(all.flat(), 'send')).toBeLessThanOrEqual(1)
        expect(count(all.flat(), 'send')).toBe(count(all.flat(), 'note-refusal'))
        states.forEach((state, index) => {
          if (index === 0) return
          const before = states[index - 1]
          if (before?.name === 'closed') expect([state, all[index]]).toEqual([before, []])
          if (before?.name === 'closing') {
            expect('reason' in state && state.reason, 'the first reason stays').toBe(before.reason)
            expect(all[index]?.filter(effect => effect.do !== 'destroy-socket')).toEqual([])
          }
        })
      }),
      { numRuns: 1_000 },
    )
  })

  test('nothing but an error is delivered before the greeting, and always the newest message', () => {
    fc.assert(
      fc.property(end, fc.array(event, { maxLength: 30 }), (who, events) => {
        const { states, all } = run(who, events)
        all.forEach((effects, index) => {
          for (const effect of effects) {
            if (effect.do !== 'deliver') continue
            expect(message(effect.message)).toEqual(events[index - 1])
            if (rank[states[index - 1]?.name ?? 'closed'] === 0)
              expect([who === 'responder' ? 'hello' : 'welcome', 'error']).toContain(effect.message.type)
          }
        })
      }),
    )
  })
})

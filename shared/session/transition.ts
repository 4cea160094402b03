/**
 * One session of the lab's protocol as a table: what each event does in each state. Pure; `shared/net/session.ts` owns
 * the socket and the timers and carries out the effects.
 *
 *   responder: awaiting-hello --hello--> open --+
 *   initiator: greeting ------welcome--> open --+--> closing --> closed
 *                    (any of them: refused input, silence, the peer's FIN, our own wish)
 */
import type { Message, Messages } from '../wire/messages/index.ts'

export type State =
  | { name: 'awaiting-hello' }
  | { name: 'greeting' }
  | { name: 'open' }
  | { name: 'closing'; reason: CloseReason }
  | { name: 'closed'; reason: CloseReason }

/** Why a session ends; the first reason stays. */
export type CloseReason =
  | 'done'
  | 'peer-ended'
  | 'peer-error'
  | 'refused'
  | 'hello-timeout'
  | 'read-timeout'
  | 'broken'
  | 'stopping'

export type Event =
  | { on: 'message'; message: Message }
  | { on: 'bad-input'; code: string; text: string }
  | { on: 'silence' }
  | { on: 'peer-ended' }
  | { on: 'socket-closed' }
  | { on: 'close'; reason: CloseReason; error?: { code: string; text: string } }

export type Effect =
  | { do: 'send'; message: Messages['error'] }
  | { do: 'deliver'; message: Message }
  | { do: 'note-refusal'; code: string; text: string }
  | { do: 'wait'; for: 'hello' | 'read' | 'grace' }
  | { do: 'end-socket' }
  | { do: 'destroy-socket' }

export type Step = readonly [State, readonly Effect[]]

export function start(end: 'initiator' | 'responder'): Step {
  return end === 'responder'
    ? [{ name: 'awaiting-hello' }, [{ do: 'wait', for: 'hello' }]]
    : [{ name: 'greeting' }, [{ do: 'wait', for: 'read' }]]
}

export function step(state: State, event: Event): Step {
  if (state.name === 'closed') return [state, []]
  if (event.on === 'socket-closed')
    return [{ name: 'closed', reason: state.name === 'closing' ? state.reason : 'broken' }, []]
  if (state.name === 'closing') return event.on === 'silence' ? [state, [{ do: 'destroy-socket' }]] : [state, []]

  switch (event.on) {
    case 'message':
      return message(state, event.message)
    case 'bad-input':
      return refuse(event.code, event.text)
    case 'silence':
      return state.name === 'awaiting-hello'
        ? refuse('hello-timeout', 'no hello came in time', 'hello-timeout')
        : refuse('read-timeout', 'nothing was read in time', 'read-timeout')
    case 'peer-ended':
      return closing('peer-ended')
    case 'close':
      return event.error ? refuse(event.error.code, event.error.text, event.reason) : closing(event.reason)
  }
}

function message(state: State, message: Message): Step {
  if (message.type === 'error' && message.id === undefined)
    return [{ name: 'closing', reason: 'peer-error' }, [{ do: 'deliver', message }, ...ending]]
  // The time to the next message runs from here: what the owner takes over this one is no silence of the peer.
  const accepted: Effect[] = [
    { do: 'wait', for: 'read' },
    { do: 'deliver', message },
  ]
  switch (state.name) {
    case 'awaiting-hello':
      return message.type === 'hello'
        ? [{ name: 'open' }, accepted]
        : refuse('hello-expected', `the first message must be hello, not ${message.type}`)
    case 'greeting':
      return message.type === 'welcome'
        ? [{ name: 'open' }, accepted]
        : refuse('welcome-expected', `the answer to hello must be welcome, not ${message.type}`)
    default:
      return message.type === 'hello' || message.type === 'welcome'
        ? refuse('out-of-order', `${message.type} in an open session`)
        : [state, accepted]
  }
}

const ending: readonly Effect[] = [{ do: 'end-socket' }, { do: 'wait', for: 'grace' }]

const closing = (reason: CloseReason): Step => [{ name: 'closing', reason }, ending]

const refuse = (code: string, text: string, reason: CloseReason = 'refused'): Step => [
  { name: 'closing', reason },
  [{ do: 'send', message: { type: 'error', code, message: text } }, { do: 'note-refusal', code, text }, ...ending],
]

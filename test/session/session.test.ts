/** One session over a pair of streams: greeting, requests, and every way to end. */
import { describe, expect, test } from 'vitest'
import { Session, type SessionOptions } from '../../shared/net/session.ts'
import type { Message, Messages } from '../../shared/wire/messages/index.ts'
import { hello, welcome, wire } from './kit.ts'

function begin(end: 'initiator' | 'responder', options: Partial<SessionOptions> = {}) {
  const heard: Message[] = []
  const { connection, peer, journal } = wire(end)
  const onMessage = (message: Message): void => void heard.push(message)
  const session = new Session(connection, { onMessage, ...options })
  const words = () => journal.entries().map(({ what }) => what)
  return { session, peer, heard, journal, words }
}

async function opened(options: Partial<SessionOptions> = {}) {
  const begun = begin('initiator', options)
  const greeting = begun.session.greet(hello)
  expect(await begun.peer.next()).toEqual(hello)
  begun.peer.send(welcome)
  expect(await greeting).toEqual(welcome)
  return begun
}

describe('an initiator', () => {
  test('says hello and is welcomed; both are journalled under the nonce', async () => {
    const { session, journal } = await opened()
    expect(session.open).toBe(true)
    expect(journal.entries()).toMatchObject([
      { what: 'request-sent', nonce: hello.nonce, detail: { nonce: hello.nonce } },
      { what: 'reply-received', nonce: hello.nonce, detail: { nonce: hello.nonce } },
    ])
  })

  test('gets each answer for its own request, in whatever order they come', async () => {
    const { session, peer, heard } = await opened()
    const [one, two] = [session.request({ type: 'ping' }), session.request({ type: 'ping' })]
    const [first, second] = [await peer.next(), await peer.next()]
    peer.send({ type: 'pong', id: 99 }, { type: 'pong', id: second?.id }, { type: 'pong', id: first?.id })
    expect((await one).id).toBe(first?.id)
    expect((await two).id).toBe(second?.id)
    expect(heard, 'the answer that nobody waits for').toEqual([{ type: 'pong', id: 99 }])
  })

  test('hears an error as the answer to one request; the session goes on', async () => {
    const { session, peer } = await opened()
    const refused = session.request({ type: 'ping' })
    const id = (await peer.next())?.id
    peer.send({ type: 'error', code: 'not-now', message: 'later', id })
    await expect(refused).rejects.toMatchObject({ name: 'NetError', code: 'not-now', message: 'later' })
    const again = session.request({ type: 'ping' })
    peer.send({ type: 'pong', id: (await peer.next())?.id })
    await again
  })

  test.each([
    ['a farewell', { type: 'error', code: 'stopping', message: 'we stop' }, 'stopping', 'peer-error'],
    ['a second welcome', welcome, 'CLOSED', 'refused'],
    ['a FIN', null, 'CLOSED', 'peer-ended'],
  ])('%s ends what it waits for', async (_, message, code, reason) => {
    const { session, peer } = await opened()
    const waiting = session.request({ type: 'ping' })
    await peer.next()
    if (message) peer.send(message)
    else peer.stream.end()
    void peer.rest()
    await expect(waiting).rejects.toMatchObject({ code })
    expect(await session.closed).toBe(reason)
    await expect(session.request({ type: 'ping' })).rejects.toMatchObject({ code: 'NOT_OPEN' })
  })

  test('is refused with the peer’s own words', async () => {
    const { session, peer } = begin('initiator')
    const greeting = session.greet(hello)
    peer.send({ type: 'error', code: 'role-refused', message: 'not you' })
    void peer.rest()
    await expect(greeting).rejects.toMatchObject({ code: 'role-refused', message: 'not you' })
    expect(session.peerError).toMatchObject({ code: 'role-refused' })
  })

  test('does not wait for a welcome for ever', async () => {
    const { session, peer } = begin('initiator', { readTimeout: 40 })
    const greeting = session.greet(hello)
    const heard = peer.rest()
    await expect(greeting).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(await heard).toMatchObject([{ type: 'hello' }, { type: 'error', code: 'read-timeout' }])
    expect(await session.closed).toBe('read-timeout')
  })

  test('a request too large to be sent fails alone, and leaves nothing behind', async () => {
    const { session, peer } = await opened()
    const applications = [{ name: 'x'.repeat(1_100_000), version: '1' }]
    const large: Omit<Messages['sync'], 'id'> = { type: 'sync', nonce: 'nonce-of-a-sync', applications }
    await expect(async () => session.request(large)).rejects.toThrow('at most 1048576 may be sent')
    void peer.rest()
    expect(await session.close()).toBe('done')
  })
})

describe('a responder', () => {
  test('that hears no hello says so in one error frame and closes', async () => {
    const { session, peer, words, journal } = begin('responder', { helloTimeout: 30 })
    expect(await peer.rest()).toEqual([{ type: 'error', code: 'hello-timeout', message: 'no hello came in time' }])
    expect(await session.closed).toBe('hello-timeout')
    expect(words()).toEqual(['message-refused', 'closed'])
    expect(journal.entries()[1]?.detail).toMatchObject({ how: 'local' })
  })

  test('that hears half a hello is not kept waiting by it', async () => {
    const { session, peer } = begin('responder', { helloTimeout: 30 })
    peer.write(Buffer.of(0, 0, 0))
    expect(await peer.rest()).toMatchObject([{ code: 'hello-timeout' }])
    expect(await session.closed).toBe('hello-timeout')
  })

  test('may take longer over a hello than the hello may take to come', async () => {
    const { session, peer } = begin('responder', {
      helloTimeout: 30,
      readTimeout: 5_000,
      onMessage: async (_message, it) => {
        await new Promise(resolve => setTimeout(resolve, 120))
        it.send(welcome)
      },
    })
    expect(await peer.ask(hello)).toEqual(welcome)
    expect(session.open).toBe(true)
    void peer.rest()
    await session.close()
  })

  test('that is left alone after the hello says so and closes', async () => {
    const { session, peer } = begin('responder', { readTimeout: 60 })
    peer.send(hello)
    for (let id = 1; id <= 3; id += 1) {
      await new Promise(resolve => setTimeout(resolve, 30))
      peer.send({ type: 'ping', id })
    }
    expect(session.open, 'each message starts the time anew').toBe(true)
    expect(await peer.rest()).toMatchObject([{ type: 'error', code: 'read-timeout' }])
    expect(await session.closed).toBe('read-timeout')
  })

  test('gets one message after another, the next when it has done with the first', async () => {
    const order: string[] = []
    const { session, peer } = begin('responder', {
      onMessage: async message => {
        order.push(`${message.type} begins`)
        await new Promise(resolve => setTimeout(resolve, 10))
        order.push(`${message.type} ends`)
      },
    })
    peer.send(hello, { type: 'ping', id: 1 })
    peer.stream.end()
    void peer.rest()
    expect(await session.closed).toBe('peer-ended')
    expect(order).toEqual(['hello begins', 'hello ends', 'ping begins', 'ping ends'])
  })

  test('that closes in the middle of a message hears no more of what has come', async () => {
    const { session, peer, heard } = begin('responder')
    peer.send(hello)
    const over = session.close('stopping', { code: 'stopping', text: 'we stop' })
    peer.send({ type: 'ping', id: 1 }, { type: 'ping', id: 2 })
    expect(await peer.rest()).toEqual([{ type: 'error', code: 'stopping', message: 'we stop' }])
    expect(await over).toBe('stopping')
    expect(await session.close('done'), 'the first reason stays').toBe('stopping')
    expect(heard.filter(({ type }) => type === 'ping')).toEqual([])
  })

  test('does not wait for ever for a peer that never answers its FIN', async () => {
    const { session, words } = begin('responder')
    const startedAt = performance.now()
    expect(await session.close()).toBe('done')
    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(words()).toEqual(['closed'])
  })

  test('whose socket breaks is broken', async () => {
    const { session } = begin('responder')
    session.connection.stream.destroy(new Error('cut'))
    expect(await session.closed).toBe('broken')
  })
})

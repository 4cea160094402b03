/** Who may speak to the gateway itself: the Server, by its certificate, and by an invitation for each data connection. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { hello, noted, type Stranger, works } from '../klserver/kit.ts'
import { stranger } from './identities.ts'
import { arrive, asServer, device, GATEWAY, since, startPair } from './kit.ts'

let lab: Lab
let bystander: Stranger
let started: number
beforeAll(async () => {
  lab = await startPair()
  bystander = await device(lab)
  started = since(lab)
})
afterAll(async () => {
  // Whatever strangers did: the tunnel that was there goes on, and the signal connection too.
  expect(await works(bystander)).toBe(true)
  expect(noted(lab, 'signal').filter(({ t, detail }) => t > started && detail.state === 'lost')).toEqual([])
  bystander[Symbol.dispose]()
  await lab.stop()
})

const greeting = (role: Messages['hello']['role'], more: Partial<Messages['hello']> = {}) => ({
  ...hello({ role, host: 'klserver', ...more }),
  agentId: undefined,
})

/** What the gateway wrote down of a refusal since. */
const refusedBy = (from: number) =>
  noted(lab, 'message-refused')
    .filter(({ t, host }) => t > from && host === 'gateway')
    .map(({ detail }) => detail.code)

async function invited(): Promise<string> {
  using signal = await asServer(lab)
  expect((await signal.ask(greeting('signal'))).type).toBe('welcome')
  const nonce = randomUUID()
  const answer = await signal.ask({ type: 'invitation-request', id: 1, nonce })
  expect(answer).toMatchObject({ type: 'invitation', id: 1, nonce })
  return String(answer.invitation)
}

async function refusal(
  caller: Stranger,
  message: object,
): Promise<{ code: unknown; text: unknown; journal: string[] }> {
  const from = since(lab)
  caller.send(message)
  const words = await caller.rest()
  expect(words).toHaveLength(1)
  expect(words[0]?.type).toBe('error')
  caller.socket.destroy()
  return { code: words[0]?.code, text: words[0]?.message, journal: refusedBy(from) }
}

describe('an invitation', () => {
  it('is good for one data connection, and for no second one', async () => {
    const invitation = await invited()
    using first = await asServer(lab)
    const hello = greeting('data', { invitation })
    expect(await first.ask(hello)).toMatchObject({ type: 'welcome', host: 'gateway', nonce: hello.nonce })
    expect(await refusal(await asServer(lab), greeting('data', { invitation }))).toMatchObject({
      code: 'no-invitation',
      journal: ['no-invitation'],
    })
  })

  it.each([
    ['unknown', { invitation: randomUUID() }],
    ['missing', {}],
  ])('that is %s is refused and closed', async (_, more) => {
    expect(await refusal(await asServer(lab), greeting('data', more))).toEqual({
      code: 'no-invitation',
      text: expect.stringContaining('60 s'),
      journal: ['no-invitation'],
    })
  })

  it('used at the same moment by two serves one of them', async () => {
    const invitation = await invited()
    const callers = await Promise.all([asServer(lab), asServer(lab), asServer(lab)])
    const answers = await Promise.all(callers.map(caller => caller.ask(greeting('data', { invitation }))))
    expect(answers.map(({ type }) => type).sort()).toEqual(['error', 'error', 'welcome'])
    for (const caller of callers) caller[Symbol.dispose]()
  })

  it('for the Server itself outlives the connection on which it was asked for', async () => {
    const invitation = await invited()
    using data = await asServer(lab)
    expect((await data.ask(greeting('data', { invitation }))).type).toBe('welcome')
  })
})

it('the Server resumes TLS on the data connections that it dials after the first, and both ends say so', async () => {
  using another = await device(lab)
  expect(await works(another)).toBe(true)
  const data = noted(lab, 'secure').filter(({ detail }) => detail.resumed)
  expect(new Set(data.map(({ host }) => host))).toEqual(new Set(['klserver', 'gateway']))
})

describe.each(['signal', 'data'] as const)('as %s', role => {
  it('nobody is taken for the Server without a certificate', async () => {
    const caller = await arrive(lab, { servername: GATEWAY })
    expect(await refusal(caller, greeting(role, { keep: true }))).toEqual({
      code: 'not-the-server',
      text: expect.stringContaining('none was shown'),
      journal: ['not-the-server'],
    })
  })

  it.each([
    ['of nobody known', () => stranger('klserver')],
    ["of the gateway's own", async () => lab.state.credentials.identity('gateway')],
    ["of the Server's Web Server", async () => lab.state.credentials.identity('web-server')],
  ])('nor with a certificate %s', async (_, identity) => {
    const caller = await arrive(lab, { servername: GATEWAY, identity: await identity() })
    expect(await refusal(caller, greeting(role, { keep: true }))).toMatchObject({
      code: 'not-the-server',
      text: expect.stringContaining('the one shown has SHA-256'),
      journal: ['not-the-server'],
    })
  })

  it('and an invitation does not help a stranger', async () => {
    const invitation = await invited()
    const caller = await arrive(lab, { servername: GATEWAY, identity: await stranger('klserver') })
    expect((await refusal(caller, greeting('data', { invitation }))).code).toBe('not-the-server')
    using server = await asServer(lab)
    expect((await server.ask(greeting('data', { invitation }))).type, 'nor is it used up').toBe('welcome')
  })
})

it.each(['agent', 'console', 'activation-client', 'local-application', 'push-client'] as const)(
  "a session as %s is not for the gateway's own name, whatever certificate is shown",
  async role => {
    for (const caller of [await asServer(lab), await arrive(lab, { servername: GATEWAY })])
      expect(await refusal(caller, hello({ role }))).toEqual({
        code: 'role-refused',
        text: expect.stringContaining('signal, data'),
        journal: ['role-refused'],
      })
  },
)

it('what is no message on a signal connection ends that connection alone', async () => {
  using signal = await asServer(lab)
  await signal.ask(greeting('signal'))
  signal.send({ type: 'sync', id: 1, nonce: randomUUID(), applications: [] })
  expect(await signal.rest()).toMatchObject([{ type: 'error', code: 'message-refused' }])
})

it("a trial of the signal connection takes nobody's place: devices still arrive by the standing one", async () => {
  using trial = await asServer(lab)
  await trial.ask(greeting('signal'))
  using roaming = await device(lab)
  expect(await works(roaming)).toBe(true)
  expect(await works(trial)).toBe(true)
})

it('the Server refuses by `decline` what it cannot dial, and the device is told at once', async () => {
  await using other = await startPair()
  // A second Server: its signal connection is newer, and takes the place of the first.
  using signal = await asServer(other)
  await signal.ask(greeting('signal', { keep: true }))
  const arriving = arrive(other)
  const broken = expect(arriving).rejects.toThrow('ECONNRESET')
  const invite = await signal.next()
  expect(invite).toMatchObject({ type: 'invite', from: { address: '127.0.0.1' } })
  signal.send({ type: 'decline', invitation: invite.invitation, reason: 'no more sockets' })
  await broken
  expect(noted(other, 'carry-refused').at(-1)?.detail).toEqual({
    code: 'declined',
    reason: 'the Server will not dial: no more sockets',
  })
})

/** 13291: the Administration Console. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import {
  administrator,
  agent,
  deviceOf,
  devices,
  dial,
  hello,
  newNonce,
  noted,
  startServer,
  sync,
  works,
} from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

describe('a login', () => {
  const accepted = () => lab.state.credentials.administrator
  it.each([
    ['missing', () => undefined],
    ['with a wrong password', () => ({ ...accepted(), password: 'wrong' })],
    [
      'with a password as long as the right one',
      () => ({ ...accepted(), password: '*'.repeat(accepted().password.length) }),
    ],
    ['with an empty password', () => ({ ...accepted(), password: '' })],
    ['of another user', () => ({ ...accepted(), user: 'somebody' })],
  ])('%s is refused with words', async (_name, login) => {
    using stranger = await dial(lab, 13291)
    const { agentId: _, ...greeting } = hello({ role: 'console' })
    const given = login()
    stranger.send(given ? { ...greeting, login: given } : greeting)
    // Asked at once, so that what is answered before the refusal would be seen.
    stranger.send({ type: 'list-devices', id: 1, nonce: newNonce() })
    expect(await stranger.rest()).toEqual([
      {
        type: 'error',
        code: 'login-refused',
        message: expect.stringContaining('login {user, password} of the administrator'),
      },
    ])
    expect(noted(lab, 'message-refused').at(-1)).toMatchObject({ port: 13291, detail: { code: 'login-refused' } })
  })

  it('is not for agents, and 13000 is not for consoles', async () => {
    for (const [port, role, welcome] of [
      [13291, 'agent', 'console'],
      [13000, 'console', 'agent'],
    ] as const) {
      using stranger = await dial(lab, port)
      stranger.send(hello({ role, login: lab.state.credentials.administrator }))
      expect(await stranger.rest()).toMatchObject([
        { code: 'role-refused', message: expect.stringMatching(`welcome here: ${welcome}`) },
      ])
    }
  })
})

describe('devices', () => {
  it('are listed as they came', async () => {
    const before = Date.now()
    using stranger = await agent(lab, 13000, { host: 'listed', version: '14.2', os: 'Linux 6' })
    const listed = await deviceOf(lab, 'listed')
    expect(listed).toEqual({
      hostId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'listed',
      displayName: 'listed',
      address: '127.0.0.1',
      version: '14.2',
      state: 'on',
      lastSeenAt: expect.any(Number),
      groupId: 0,
    })
    expect(listed.hostId, "the Server's own id, not the agent's").not.toBe(stranger.agentId)
    expect(listed.lastSeenAt).toBeGreaterThanOrEqual(before)
    expect(listed.lastSeenAt).toBeLessThanOrEqual(Date.now())
  })

  it('are renamed, and the name outlives what the device says of itself', async () => {
    const agentId = randomUUID()
    using stranger = await agent(lab, 14000, { agentId, host: 'by-itself' })
    const { hostId } = await deviceOf(lab, 'by-itself')
    using console = await administrator(lab)
    const name = 'Büro 1 / 第一'
    const nonce = newNonce()
    expect(await console.ask({ type: 'rename-device', id: 5, nonce, hostId, name })).toEqual({
      type: 'renamed',
      id: 5,
      nonce,
      hostId,
      name,
    })
    await stranger.ask(sync())
    using again = await agent(lab, 14000, { agentId, host: 'by-itself' })
    await again.ask(sync())
    expect(await deviceOf(lab, 'by-itself')).toMatchObject({ hostId, displayName: name })
    expect(await devices(lab)).toContainEqual(expect.objectContaining({ hostId, displayName: name }))
  })

  it('are not renamed by an id that nobody has, and the session goes on', async () => {
    using console = await administrator(lab)
    const nonce = newNonce()
    const hostId = randomUUID()
    expect(await console.ask({ type: 'rename-device', id: 5, nonce, hostId, name: 'a name' })).toEqual({
      type: 'error',
      id: 5,
      nonce,
      code: 'no-such-device',
      message: `no device has the id ${hostId}; list-devices gives the ids`,
    })
    expect(await works(console)).toBe(true)
  })

  it.each([
    ['an empty name', { name: '' }, 'rename-device.name'],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, 'rename-device.name'],
    ['no GUID', { hostId: '1 or 1=1' }, 'rename-device.hostId'],
  ])('rename with %s ends the session with the key named', async (_name, wrong, key) => {
    using console = await administrator(lab)
    console.send({ type: 'rename-device', id: 5, nonce: newNonce(), hostId: randomUUID(), name: 'x', ...wrong })
    expect(await console.rest()).toMatchObject([
      { type: 'error', code: 'bad-message', message: expect.stringContaining(key) },
    ])
  })
})

describe('groups', () => {
  it('are listed, made below one another, and take devices', async () => {
    using _agent = await agent(lab, 14000, { host: 'grouped' })
    const { hostId } = await deviceOf(lab, 'grouped')
    using console = await administrator(lab)
    const nonce = newNonce()
    const add = (id: number, name: string, parentId: number) =>
      console.ask({ type: 'add-group', id, nonce, name, parentId })
    const { groupId: office } = (await add(1, 'Office', 0)) as { groupId: number }
    const { groupId: desks } = (await add(2, 'Desks', office)) as { groupId: number }
    expect(await console.ask({ type: 'list-groups', id: 3, nonce })).toEqual({
      ...{ type: 'groups', id: 3, nonce },
      groups: [
        { groupId: 0, name: 'Managed devices' },
        { groupId: 1, name: 'Unassigned devices' },
        { groupId: office, name: 'Office', parentId: 0 },
        { groupId: desks, name: 'Desks', parentId: office },
      ],
    })
    expect(await console.ask({ type: 'move-device', id: 4, nonce, hostId, groupId: desks })).toMatchObject({
      groupId: desks,
    })
    expect(await deviceOf(lab, 'grouped')).toMatchObject({ groupId: desks })
    for (const message of [
      { type: 'add-group', name: 'x', parentId: 99 },
      { type: 'move-device', hostId, groupId: 99 },
    ])
      expect(await console.ask({ id: 5, nonce, ...message })).toMatchObject({
        ...{ type: 'error', id: 5, code: 'no-such-group' },
        message: 'no administration group has the id 99; list-groups gives the ids',
      })
    expect(await works(console)).toBe(true)
  })
})

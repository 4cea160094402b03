/** Servers of a hierarchy know each other by their certificates; nobody else is let in as one. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { stranger } from '../gateway/identities.ts'
import { since } from '../gateway/kit.ts'
import { dial, hello, journalled, newNonce, noted } from '../klserver/kit.ts'
import { ACTIVE, callServer, greeted, identityOf, impostor, linked, onPrimary, PASSIVE, startServers } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServers()
  await Promise.all([linked(lab, ACTIVE), linked(lab, PASSIVE)])
})
afterAll(() => lab.stop())

/** Whoever would be let in as `branch-server` could put devices into the primary's list. */
const asBranch = (identity?: ServerIdentity) =>
  greeted(lab, 'klserver', { role: 'secondary-server', host: 'branch-server', ...(identity ? { identity } : {}) })

const notKnown = (shown: string) => ({
  type: 'error',
  code: 'not-in-hierarchy',
  message: `branch-server did not show the Server certificate by which it is known here; shown was ${shown}`,
})
const fingerprint = ({ cert }: ServerIdentity) => describePem(cert).fingerprint

it('whoever calls himself a secondary is asked for its certificate', async () => {
  expect(await asBranch(), 'without one').toEqual(notKnown('none'))
  const foreign = await stranger('branch-server')
  expect(await asBranch(foreign), 'of his own making').toEqual(notKnown(fingerprint(foreign)))
  for (const other of ['klserver', 'dmz-server']) {
    const identity = identityOf(lab, other)
    expect(await asBranch(identity), `that of ${other}`).toEqual(notKnown(fingerprint(identity)))
  }
  expect(await asBranch(identityOf(lab, 'branch-server')), 'and the right one lets in').toMatchObject({
    type: 'welcome',
    host: 'klserver',
  })
})

it('a passive secondary lets its primary in by its certificate only, so that nobody else reads its devices', async () => {
  const asPrimary = (identity: ServerIdentity) =>
    greeted(lab, 'dmz-server', { role: 'primary-server', host: 'klserver', identity })
  expect(await asPrimary(await stranger('klserver'))).toMatchObject({ code: 'not-in-hierarchy' })
  expect(await asPrimary(identityOf(lab, 'branch-server'))).toMatchObject({ code: 'not-in-hierarchy' })
  expect(await asPrimary(identityOf(lab, 'klserver'))).toMatchObject({ type: 'welcome', host: 'dmz-server' })
})

it('a Server that is not in the hierarchy is refused by name', async () => {
  const unknown = { host: 'other-server', identity: await stranger('other-server') }
  const code = 'not-in-hierarchy'
  expect(await greeted(lab, 'klserver', { role: 'secondary-server', ...unknown })).toEqual({
    ...{ type: 'error', code },
    message: 'other-server is not set up as a secondary Server of klserver',
  })
  expect(await greeted(lab, 'klserver', { role: 'primary-server', ...unknown })).toEqual({
    ...{ type: 'error', code },
    message: 'klserver is not set up as a secondary Server of other-server',
  })
})

it('14000 is no way in: without TLS no certificate is shown', async () => {
  using plain = await dial(lab, 14000)
  const { agentId: _, ...greeting } = hello({ role: 'secondary-server', host: 'branch-server' })
  expect(await plain.ask(greeting)).toEqual(notKnown('none'))
})

it('what a refused stranger reports is not taken, and the link of the true one goes on', async () => {
  const from = since(lab)
  using caller = await callServer(lab, 'klserver', await stranger('branch-server'))
  const { agentId: _, ...greeting } = hello({ role: 'secondary-server', host: 'branch-server' })
  caller.send(greeting)
  const forged = {
    ...{ hostId: '00000000-0000-0000-0000-000000000001', name: 'forged', displayName: 'forged' },
    ...{ address: '192.0.2.1', version: '14.2', state: 'on', lastSeenAt: 0, groupId: 0 },
  }
  caller.send({ type: 'report-devices', id: 1, nonce: newNonce(), devices: [forged] })
  expect(await caller.rest()).toMatchObject([{ type: 'error', code: 'not-in-hierarchy' }])
  const { connection } = await linked(lab, ACTIVE)
  await journalled(lab, entry => entry.t > from && entry.what === 'reply-received' && entry.connection === connection)
  expect(await onPrimary(lab, 'forged')).toBeUndefined()
})

it('a Server of the hierarchy may do what Servers do, and not what devices do', async () => {
  using caller = await callServer(lab, 'klserver', identityOf(lab, 'branch-server'))
  const { agentId: _, ...greeting } = hello({ role: 'secondary-server', host: 'branch-server' })
  await caller.ask(greeting)
  caller.send({ type: 'list-devices', id: 1, nonce: newNonce() })
  expect(await caller.rest()).toMatchObject([
    { code: 'message-refused', message: expect.stringContaining('it may send report-devices, hold, ping') },
  ])
})

it.each([ACTIVE, PASSIVE])('$from refuses what stands in the place of $to, and says nothing to it', async link => {
  const pinned = fingerprint(identityOf(lab, link.to))
  const identity = await stranger(link.to)
  await lab.stopHost(link.to)
  const from = since(lab)
  await using _other = await impostor(lab.endpoint(link.to, 13000), identity)
  const refusal = await journalled(
    lab,
    ({ t, what, host }) => t > from && what === 'certificate-refused' && host === link.from,
  )
  expect(refusal.detail).toMatchObject({
    code: 'pin',
    reason: expect.stringContaining(pinned),
    fingerprint: fingerprint(identity),
  })
  expect(noted(lab, 'request-sent').filter(entry => entry.connection === refusal.connection)).toEqual([])
  await lab.startHost(link.to)
})

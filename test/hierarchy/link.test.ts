/** Who dials whom in a hierarchy, and what the primary learns by it (help topics 158529, 158530). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { noted } from '../klserver/kit.ts'
import { ACTIVE, deviceOn, dialled, identityOf, linked, onPrimary, PASSIVE, related, startServers } from './kit.ts'

describe('the shipped hierarchy', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startServers()
    await Promise.all([linked(lab, ACTIVE), linked(lab, PASSIVE)])
  })
  afterAll(() => lab.stop())

  it('the active secondary dials 13000 of its primary, which does not dial it', () => {
    expect(dialled(lab, ACTIVE)).not.toEqual([])
    expect(dialled(lab, { from: ACTIVE.to, to: ACTIVE.from })).toEqual([])
  })

  it('the passive secondary dials nobody, and its primary dials it', () => {
    expect(noted(lab, 'connecting').filter(({ host }) => host === 'dmz-server')).toEqual([])
    expect(dialled(lab, PASSIVE)).not.toEqual([])
  })

  it.each([ACTIVE, PASSIVE])('$from sees the certificate of $to, and of no other Server', async ({ from, to }) => {
    const { connection } = await linked(lab, { from, to })
    const seen = noted(lab, 'certificate-seen').find(entry => entry.host === from && entry.connection === connection)
    expect(seen?.detail.fingerprint).toBe(describePem(identityOf(lab, to).cert).fingerprint)
  })

  it.each(['branch-server', 'dmz-server'])('13291 of the primary lists the devices of %s', async server => {
    const name = `device-of-${server}`
    await deviceOn(lab, server, name)
    await expect.poll(() => onPrimary(lab, name), { timeout: 10_000 }).toMatchObject({ name, server, state: 'on' })
  })

  it("and its own without a Server's name", async () => {
    await deviceOn(lab, 'klserver', 'own')
    expect(await onPrimary(lab, 'own')).not.toHaveProperty('server')
  })
})

it.each(['active', 'passive'] as const)(
  'devices two levels down come by an %s secondary in between',
  async secondary => {
    const topology = related({
      'branch-server': { server: 'klserver', secondary },
      'dmz-server': { server: 'branch-server', secondary: 'active' },
    })
    await using lab = await startServers(topology)
    await deviceOn(lab, 'dmz-server', 'deep')
    await expect.poll(() => onPrimary(lab, 'deep'), { timeout: 10_000 }).toMatchObject({ server: 'dmz-server' })
  },
)

/** Servers that are turned off and on: the link is made anew, and what comes to a secondary afterwards reaches its primary. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { since } from '../gateway/kit.ts'
import { journalled } from '../klserver/kit.ts'
import { ACTIVE, deviceOn, type Link, linked, onPrimary, PASSIVE, startServers } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServers()
  await Promise.all([linked(lab, ACTIVE), linked(lab, PASSIVE)])
})
afterAll(() => lab.stop())

let met = 0
const secondaryOf = ({ from, to }: Link) => (from === 'klserver' ? to : from)

/** What its primary lists of a device that a secondary meets now. */
async function delivers(link: Link): Promise<string> {
  const server = secondaryOf(link)
  const name = `device-${++met}`
  await deviceOn(lab, server, name)
  await expect.poll(() => onPrimary(lab, name), { timeout: 5_000 }).toMatchObject({ server, state: 'on' })
  return name
}

it.each([
  ['active secondary', [ACTIVE], ['branch-server']],
  ['passive secondary', [PASSIVE], ['dmz-server']],
  ['primary', [ACTIVE, PASSIVE], ['klserver']],
  ['whole hierarchy', [ACTIVE, PASSIVE], ['klserver', 'dmz-server', 'branch-server']],
] as const)('the %s is off and on again', async (_name, links, names) => {
  const before: string[] = []
  for (const link of links) before.push(await delivers(link))
  const from = since(lab)
  await Promise.all(names.map(name => lab.stopHost(name)))
  for (const name of names) await lab.startHost(name)
  for (const link of links) {
    await linked(lab, link, from)
    await delivers(link)
  }
  for (const name of before) expect(await onPrimary(lab, name), 'and the devices of before').toBeDefined()
})

it('a secondary that finds its primary off tries again until it is there', async () => {
  await lab.stopHost('klserver')
  const from = since(lab)
  await journalled(lab, ({ t, what, host }) => t > from && what === 'connect-failed' && host === ACTIVE.from)
  await lab.startHost('klserver')
  await linked(lab, ACTIVE, from)
  await delivers(ACTIVE)
})

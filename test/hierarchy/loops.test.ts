/** A hierarchy is a tree (KSCAPI a00401): a Server that would be under itself is refused, in a file and at the wire. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import type { SessionRole } from '../../shared/wire/messages/hello.ts'
import { refused } from '../config/kit.ts'
import { journalled, noted } from '../klserver/kit.ts'
import { greeted, identityOf, related, startServers } from './kit.ts'

describe('a topology file is refused with file and line where', () => {
  const file = (servers: Readonly<Record<string, string>>): string =>
    [
      ...['topology: mine', 'title: Mine', 'topic: 1', "arrows: ['4']", 'hosts:'],
      ...Object.entries(servers).map(
        ([name, more], index) => `  ${name}: { zone: lan, number: ${index + 10}, runs: [klserver]${more} }`,
      ),
    ].join('\n')
  const under = (server: string) => `, secondary: active, server: ${server}`

  it.each([
    ['a Server names itself', { a: '', b: under('b') }, '7: hosts.b.server: the hierarchy would be a loop: b under b'],
    [
      "two are each the other's secondary",
      { a: under('b'), b: under('a') },
      '6: hosts.a.server: the hierarchy would be a loop: a under b under a',
    ],
    [
      'three are in a ring',
      { a: under('b'), b: under('c'), c: under('a') },
      '6: hosts.a.server: the hierarchy would be a loop: a under b under c under a',
    ],
    [
      'the ring is above it',
      { top: '', a: under('b'), b: under('c'), c: under('b') },
      '7: hosts.a.server: the hierarchy would be a loop: a under b under c under b',
    ],
    [
      'a primary is no Server of the lab',
      { a: '', b: under('c') },
      '7: hosts.b.server: c is no Administration Server; the Servers are a, b',
    ],
    [
      'a secondary names no primary',
      { a: '', b: ', secondary: passive' },
      '7: hosts.b: server is missing; a secondary Server names its primary',
    ],
  ])('%s', (_name, servers, sentence) => {
    expect(refused(file(servers))).toBe(`my.yaml:${sentence}`)
  })
})

describe('13000 refuses, with the right certificate shown,', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startServers()
  })
  afterAll(() => lab.stop())

  it.each<[string, string, SessionRole, string, string, string]>([
    [
      'a Server that names itself its secondary',
      'klserver',
      'secondary-server',
      'klserver',
      'hierarchy-loop',
      'klserver cannot be under itself',
    ],
    [
      'a Server that names itself its primary',
      'klserver',
      'primary-server',
      'klserver',
      'hierarchy-loop',
      'klserver cannot be under itself',
    ],
    [
      'its primary as a secondary of its own',
      'branch-server',
      'secondary-server',
      'klserver',
      'hierarchy-loop',
      'klserver is above branch-server, and cannot be under it as well',
    ],
    [
      'its secondary as a primary of its own',
      'klserver',
      'primary-server',
      'branch-server',
      'hierarchy-loop',
      'klserver is above branch-server, and cannot be under it as well',
    ],
    [
      'a Server that is the secondary of another',
      'dmz-server',
      'secondary-server',
      'branch-server',
      'not-in-hierarchy',
      'branch-server is not set up as a secondary Server of dmz-server',
    ],
  ])('%s', async (_name, server, role, host, code, message) => {
    const identity = identityOf(lab, host)
    expect(await greeted(lab, server, { role, host, identity })).toEqual({ type: 'error', code, message })
    expect(noted(lab, 'message-refused').at(-1)).toMatchObject({ host: server, port: 13000, detail: { code, message } })
  })
})

it("two running Servers that are each the other's secondary refuse each other, and say so", async () => {
  const topology = related({
    klserver: { server: 'branch-server', secondary: 'active' },
    'branch-server': { server: 'klserver', secondary: 'active' },
  })
  await using lab = await startServers(topology)
  for (const host of ['klserver', 'branch-server']) {
    const refusal = await journalled(lab, entry => entry.what === 'message-refused' && entry.host === host)
    expect(refusal.detail).toMatchObject({
      code: 'hierarchy-loop',
      message: expect.stringContaining('cannot be under'),
    })
  }
})

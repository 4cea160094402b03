/** Who may be set up for whom: what a topology file may not say of a host and another one. */
import { expect, it } from 'vitest'
import { refused } from './kit.ts'

const file = (server: string, gateway: string, agent: string): string => `topology: mine
title: Mine
topic: 1
arrows: ['4']
hosts:
  server: { zone: lan, number: 10, runs: [klserver]${server} }
  first: { zone: dmz, number: 20, runs: [klnagent], gateway: dmz }
  second: { zone: dmz, number: 21, runs: [klnagent]${gateway} }
  agent: { zone: internet, number: 101, runs: [klnagent]${agent} }
`

it.each([
  [
    'a gateway behind another one',
    ['', ', gateway: segment, through: first', ''],
    '8: hosts.second.through: a connection gateway cannot use another one (no cascading, topic 204420)',
  ],
  [
    'a way through what is no gateway',
    ['', '', ', through: second'],
    '9: hosts.agent.through: second is no connection gateway; the gateways are first',
  ],
  [
    'a Server behind a gateway',
    [', through: first', '', ''],
    '6: hosts.server.through: only a Network Agent or an Android device can be set up so; add klnagent or android to runs',
  ],
  [
    'a Server as a gateway',
    [', gateway: dmz', '', ''],
    '6: hosts.server.gateway: only a Network Agent can be set up so; add klnagent to runs',
  ],
  [
    'a Server as a distribution point',
    [', distributionPoint: true', '', ''],
    '6: hosts.server.distributionPoint: only a Network Agent can be set up so; add klnagent to runs',
  ],
  [
    'a device as a secondary Server',
    ['', '', ', server: server, secondary: active'],
    '9: hosts.agent.secondary: only an Administration Server can be one; add klserver to runs',
  ],
  [
    'a device of a Server that is none',
    ['', '', ', server: first'],
    '9: hosts.agent.server: first is no Administration Server; the Servers are server',
  ],
] as const)('%s is refused', (_what, [server, gateway, agent], expected) => {
  expect(refused(file(server, gateway, agent))).toBe(`my.yaml:${expected}`)
})

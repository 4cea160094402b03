/** Real proxies with their own time-outs between the two ends of a long-lived connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { Box } from '../boxes/box.ts'
import { startHaproxy } from '../boxes/haproxy.ts'
import { startNginx } from '../boxes/nginx.ts'
import { leftOut } from '../requires.ts'

interface Proxy {
  command: string
  start: (to: Endpoint, seconds: number) => Promise<Box>
}

const haproxy: Proxy = {
  command: 'haproxy',
  start: ({ address, port: to }, seconds) =>
    startHaproxy({
      mode: 'tcp',
      seconds,
      sections: ({ port }) => `listen ksc\n  bind 127.0.0.1:${port}\n  server ksc ${address}:${to}`,
    }),
}

const nginx: Proxy = {
  command: 'nginx',
  start: ({ address, port: to }, seconds) =>
    startNginx({
      stream: ({ port }) =>
        `server { listen 127.0.0.1:${port}; proxy_pass ${address}:${to}; proxy_timeout ${seconds}s; }`,
    }),
}

describe.each([
  ['HAProxy', 'timeout client', haproxy],
  ['nginx stream', 'proxy_timeout', nginx],
] as const)('%s', (name, directive, proxy) => {
  const missing = leftOut(`long-lived connections through ${name}`, proxy.command, ['-v'])
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab('gateway', { seed: 1 })
  })
  afterAll(() => lab.stop())

  const held = async (flow: string, port: string, seconds: number) => {
    const [host = '', number = ''] = port.split(':')
    await using started = await proxy.start(lab.endpoint(host, Number(number)), seconds)
    return (await lab.verify({ flows: [flow], route: { [port]: started.box }, timeout: 1_000, idle: 2_500 })).results
  }

  it.skipIf(missing !== null).each([
    ['4', 'klserver:13000'],
    ['4a', 'gateway:13000'],
    ['4a-agents', 'gateway:13000'],
  ])(`whose ${directive} is a second cuts arrow %s, and both ends saw when and how`, async (flow, port) => {
    const results = await held(flow, port, 1)
    expect(results.length).toBeGreaterThan(0)
    for (const { verdict, idle, explanation, advice } of results) {
      expect([verdict, idle?.initiator.saw, idle?.responder.saw]).toEqual(['idle-cut', 'fin', 'fin'])
      for (const end of [idle?.initiator, idle?.responder]) {
        // An end that is late to read the last byte counts from then; the proxy has counted all along.
        expect(end?.after).toBeGreaterThan(0.6)
        expect(end?.after).toBeLessThan(1.5)
      }
      expect(explanation).toMatch(/the box at 127\.0\.0\.1:\d+ cuts what is idle for (0\.[6-9]|1(\.\d)?) s$/)
      expect(advice).toContain(`\`${directive}\``)
    }
  })

  it.skipIf(missing !== null)('that waits for a minute lets all of them live', async () => {
    for (const result of await held('4a', 'gateway:13000', 60))
      expect([result.verdict, result.idle?.initiator.saw, result.idle?.responder.saw]).toEqual([
        'delivered',
        'word',
        'word',
      ])
  })
})

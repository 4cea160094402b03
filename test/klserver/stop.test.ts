/** The end of a lab, and a beginning that fails: nothing may be left listening. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { start as startKlcsweb } from '../../services/klcsweb/index.ts'
import { start as startKlserver } from '../../services/klserver/index.ts'
import { programsOf } from '../../shared/config/topology.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import { openGround } from './alone.ts'
import { agent, journalled, startServer } from './kit.ts'

/** What this process holds open, by kind. */
const handles = (kinds: RegExp) =>
  process
    .getActiveResourcesInfo()
    .filter(name => kinds.test(name))
    .sort()
const ANY = /TCP|UDP|Pipe/
const LISTENING = /TCPServer|UDP/

async function isOpen({ address, port }: Endpoint): Promise<boolean> {
  const socket = connect({ host: address, port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const listening = (lab: Lab): Endpoint[] =>
  lab.topology.hosts.flatMap(host =>
    programsOf(host).flatMap(({ ports }) =>
      ports.filter(({ transport }) => transport === 'tcp').map(({ port }) => lab.endpoint(host.name, port)),
    ),
  )

it('a lab with agents that stay connected stops within 2 s and leaves no port', async () => {
  const before = handles(ANY)
  const lab = await startLab('lan', { settings: { doNotDisconnect: true } })
  const places = listening(lab)
  expect(places.length).toBeGreaterThan(7)
  expect(await Promise.all(places.map(isOpen))).not.toContain(false)
  for (const name of ['agent-1', 'agent-2'])
    await journalled(lab, entry => entry.what === 'reply-received' && entry.host === name && entry.port === 13000)
  // Somebody who keeps his end open must not keep the lab.
  const strangers = [await agent(lab, 13000, { keep: true }), await agent(lab, 14000, { keep: true })]
  const started = performance.now()
  await lab.stop()
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(await Promise.all(places.map(isOpen))).not.toContain(true)
  for (const { socket } of strangers) socket.destroy()
  await expect.poll(() => handles(ANY)).toEqual(before)
  await lab.stop()
})

it('and so it does with a peer that does not answer a FIN', async () => {
  const lab = await startServer()
  const { address, port } = lab.endpoint('klserver', 14000)
  const socket = connect({ host: address, port, allowHalfOpen: true })
  await once(socket, 'connect')
  socket.write(Buffer.of(0, 0, 0))
  await journalled(lab, entry => entry.what === 'first-bytes')
  const started = performance.now()
  await lab.stop()
  expect(performance.now() - started).toBeLessThan(2_000)
  socket.destroy()
})

it.each([
  ['klserver', startKlserver, 13299],
  ['klcsweb', startKlcsweb, 8061],
])('%s that does not get its last port gives back those before it', async (_name, start, port) => {
  const holder = createServer()
  await once(holder.listen(0, '127.0.0.1'), 'listening')
  const { port: taken } = holder.address() as AddressInfo
  await using ground = await openGround({ [port]: taken })
  try {
    await expect(start(ground.context('klserver'))).rejects.toThrow(`cannot listen on 127.0.0.1:${taken}/tcp`)
  } finally {
    await new Promise(resolve => holder.close(resolve))
  }
  await expect.poll(() => handles(LISTENING)).toEqual([])
})

/** Administration Servers without their devices, and whoever speaks to one of them byte by byte. */
import { once } from 'node:events'
import { createServer } from 'node:tls'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Topology } from '../../shared/config/topology.ts'
import type { Endpoint, Observation } from '../../shared/journal/observation.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { WireMap } from '../../shared/wire/frame.ts'
import type { SessionRole } from '../../shared/wire/messages/hello.ts'
import { arrive, type Caller } from '../gateway/kit.ts'
import { devices, hello, journalled, type Listed } from '../klserver/kit.ts'

/** ms; so often the primary hears what is new. */
const KEEP_ALIVE = 200

export async function startServers(topology: Topology = loadTopology('hierarchy')): Promise<Lab> {
  const external = topology.hosts.filter(({ runs }) => !runs.includes('klserver')).map(({ name }) => name)
  return startLab(topology, { external, settings: { signalKeepAlive: KEEP_ALIVE }, seed: 1 })
}

/** The shipped hierarchy with some of its Servers related otherwise; no file is read, so that nothing refuses it. */
export function related(
  changes: Readonly<Record<string, { server: string; secondary: 'active' | 'passive' }>>,
): Topology {
  const base = loadTopology('hierarchy')
  return { ...base, hosts: base.hosts.map(host => ({ ...host, ...changes[host.name] })) }
}

/** Who dials whom: the side that opens the connection, and the Server whose 13000 it opens. */
export interface Link {
  from: string
  to: string
}
export const ACTIVE: Link = { from: 'branch-server', to: 'klserver' }
export const PASSIVE: Link = { from: 'klserver', to: 'dmz-server' }

const isDialled =
  ({ from, to }: Link) =>
  (entry: Observation) =>
    entry.what === 'connecting' && entry.host === from && entry.detail.to === `${to}:13000`

export const dialled = ({ journal }: Pick<Lab, 'journal'>, link: Link): Observation[] =>
  journal.entries().filter(isDialled(link))

/** The welcome of a link that was dialled after `since`, as its initiator has it. */
export function linked(lab: Pick<Lab, 'journal'>, link: Link, since = 0): Promise<Observation> {
  const ofLink = (connection: string) =>
    lab.journal.entries(since).some(entry => entry.connection === connection && isDialled(link)(entry))
  return journalled(
    lab,
    ({ t, what, host, connection }) =>
      t > since && what === 'reply-received' && host === link.from && ofLink(connection),
  )
}

/** Anybody who dials a Server's 13000; with a certificate, where one is given. */
export const callServer = (lab: Lab, server: string, identity?: ServerIdentity): Promise<Caller> =>
  arrive(lab, { servername: server, at: lab.endpoint(server, 13000), ...(identity ? { identity } : {}) })

/** The certificate by which a Server is known to the others. */
export const identityOf = (lab: Lab, server: string): ServerIdentity => {
  const isSecondary = lab.topology.hosts.some(({ name, secondary }) => name === server && secondary !== undefined)
  return lab.state.credentials.identity(isSecondary ? `common@${server}` : 'common')
}

/** What a Server's 13000 says to somebody who calls himself another Server. */
export async function greeted(
  lab: Lab,
  server: string,
  { role, host, identity }: { role: SessionRole; host: string; identity?: ServerIdentity },
): Promise<WireMap> {
  using caller = await callServer(lab, server, identity)
  const { agentId: _, ...greeting } = hello({ role, host })
  return await caller.ask(greeting)
}

/** A device that a Server has welcomed. */
export async function deviceOn(lab: Lab, server: string, host: string): Promise<void> {
  using caller = await callServer(lab, server)
  const welcome = await caller.ask(hello({ host }))
  if (welcome.type !== 'welcome') throw new Error(`no welcome but ${JSON.stringify(welcome)}`)
}

/** What 13291 of the primary says of one device; undefined where it lists none of this name. */
export const onPrimary = async (lab: Lab, device: string): Promise<Listed | undefined> =>
  (await devices(lab)).find(({ name }) => name === device)

/** Somebody else on the place of a Server that is off. */
export async function impostor({ address, port }: Endpoint, identity: ServerIdentity): Promise<AsyncDisposable> {
  const server = createServer(identity, socket => socket.on('error', () => {}))
  await once(server.listen(port, address), 'listening')
  return {
    async [Symbol.asyncDispose]() {
      await once(server.close(), 'close')
    },
  }
}

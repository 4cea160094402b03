/** Server and device in one process, put together by hand: pushes wired, the server's answers the test's where it wants. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { startIos } from '../../services/ios/index.ts'
import { startIosMdm } from '../../services/ios-mdm/index.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostsWithRole } from '../../shared/config/topology.ts'
import { createApp } from '../../shared/http/app.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import { Journal } from '../../shared/journal/journal.ts'
import type { PushNotice, SendPush } from '../../shared/mdm/protocol.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import type { ServiceContext } from '../../shared/service.ts'
import { TOPOLOGY } from './kit.ts'

export async function setStage() {
  const topology = loadTopology(TOPOLOGY)
  const dir = mkdtempSync(join(tmpdir(), 'ksc-lab-mdm-stage-'))
  const state = await openLabState(join(dir, 'state'), topology)
  const addresses = new Map(topology.hosts.map(({ name }) => [name, '127.0.0.1']))
  const book = createAddressBook({ addresses, ports: 'ephemeral' })
  const journal = new Journal()
  const local = new LocalSockets()
  const log: { msg: string; [key: string]: unknown }[] = []
  const context = (name: string, program: string): ServiceContext => ({
    host: createHost({ name, book, journal, local }),
    credentials: state.credentials,
    state: state.folder(join('hosts', name, program)),
    log: pino({}, { write: line => void log.push(JSON.parse(line)) }),
    topology,
    peers: role => hostsWithRole(topology, role).map(host => host.name),
    settings: { ...readSettings({}), connectTimeout: 2_000 },
    // The shortest pauses there are.
    random: () => 0,
  })
  const running: { stop(): Promise<void> }[] = []
  const keep = <S extends { stop(): Promise<void> }>(service: S): S => {
    running.push(service)
    return service
  }
  return {
    lab: { state, journal, endpoint: () => book.place({ host: 'ios-mdm', port: 443 }, 'tcp') },
    log,
    startServer: async (onPushNeeded?: SendPush) =>
      keep(await startIosMdm(context('ios-mdm', 'ios-mdm'), onPushNeeded ? { onPushNeeded } : {})),
    /** Answers in the place of the server; what is asked is kept. */
    async startInstead(answer: (request: FastifyRequest, reply: FastifyReply) => unknown) {
      const app = createApp({ bodyLimit: 4 * 1024 * 1024 })
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      app.all('/*', async (request, reply) => answer(request, reply))
      const tls = { tls: state.credentials.identity('ios-mdm'), clientCertificate: true }
      const listener = await serveHttp(context('ios-mdm', 'instead').host, 443, tls, app)
      return keep({
        async stop() {
          await listener.close()
          await app.close()
        },
      })
    },
    startDevice: (name = 'iphone-1') => keep(startIos(context(name, 'ios'))).device,
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map(service => service.stop()))
      local.remove()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
export type MdmStage = Awaited<ReturnType<typeof setStage>>

/** A push service that brings what it takes at once. */
export const pushTo =
  (called: (notice: PushNotice) => void): SendPush =>
  async notice =>
    called(notice)

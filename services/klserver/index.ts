/** Administration Server (klserver): 13000 TCP and UDP, 14000, 13291, 13292 and 13293 for mobile devices, 13299, and the store behind them. */
import { EventEmitter } from 'node:events'
import { forwardProxyOf } from '../../shared/config/forward-proxy.ts'
import { hostNamed, hostsWithRole, type Topology, type TopologyHost } from '../../shared/config/topology.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import { askKaspersky } from '../../shared/kaspersky/exercise.ts'
import { addressSet } from '../../shared/net/address-set.ts'
import type { Host, Listener } from '../../shared/net/host.ts'
import { Invitations } from '../../shared/net/invitations.ts'
import { throughProxy } from '../../shared/net/through-proxy.ts'
import type { ExerciseTask, Service, ServiceContext, StartService } from '../../shared/service.ts'
import type { Administration, PushNeeded } from './administration.ts'
import { agentPort } from './agent-port.ts'
import { callDevice, sendPush } from './call-device.ts'
import { consolePort } from './console-port.ts'
import { exportEvent } from './exercises/export-event.ts'
import { greetSqlServer } from './exercises/greet-sql-server.ts'
import { joinServers } from './exercises/join-servers.ts'
import { embedded, reachDatabase } from './exercises/reach-database.ts'
import { dialInvited, signalGateway } from './exercises/signal-gateway.ts'
import { wakeOnLan } from './exercises/wake-on-lan.ts'
import { wakeUp } from './exercises/wake-up.ts'
import type { CarriedTo } from './gateways/signal-keeper.ts'
import { UpdateAgents } from './gateways/update-agents.ts'
import { HierarchyLink } from './hierarchy/link.ts'
import { callByPush } from './mobile/call-by-push.ts'
import { mobilePort } from './mobile/mobile-port.ts'
import { createOpenApi } from './openapi/index.ts'
import { askGoogle, wakeBy } from './push/by-google.ts'
import { openFcm } from './push/fcm.ts'
import { secondariesOf } from './secondaries.ts'
import { Accounts } from './security/accounts.ts'
import { auditTo } from './security/audit.ts'
import { EventExporter } from './siem/exporter.ts'
import { storeOf } from './store/open.ts'
import { tunnelPort } from './tunnels/tunnel-port.ts'
import { serveShutdownNotices } from './udp-13000.ts'
import { uefiPort } from './uefi-port.ts'

export const start: StartService = context => startKlserver(context)

interface Around {
  /** Asks a push service to call a mobile device that has something to fetch. Rejects where the service does not take it. */
  onPushNeeded?: PushNeeded
}

export async function startKlserver(
  { host, topology, credentials, state, settings, random, log, notice }: ServiceContext,
  { onPushNeeded }: Around = {},
): Promise<Service> {
  // Closed in the reverse order, also where a port is not to be had.
  await using opened = new AsyncDisposableStack()
  const stopping = new AbortController()
  const { store, place } = await storeOf({ host, topology, settings, state, log, ...(notice ? { notice } : {}) })
  opened.defer(() => store.close())
  const [siem] = hostsWithRole(topology, 'siem')
  const exporterTo = (to: TopologyHost) =>
    new EventExporter({ host, siem: to, credentials, random, log, connectTimeout: settings.connectTimeout })
  const fcm = openFcm({ host, credentials, settings, topology })
  opened.defer(() => {
    stopping.abort()
    fcm?.stop()
  })
  const administration: Administration = {
    ...{ host, topology, store, credentials, settings, log },
    accounts: new Accounts({
      administrator: credentials.administrator,
      twoStepUser: settings.twoStepUser,
      attempts: settings.loginAttempts,
    }),
    allowed: settings.loginFrom.length > 0 ? addressSet(settings.loginFrom) : null,
    audit: auditTo(store, log, Date.now),
    kept: new Map(),
    gateways: [],
    updateAgents: null,
    subordinate: new Map(),
    connectedSecondaries: new Map(),
    called: new Map(),
    synchronise: device => callDevice(administration, device, stopping.signal),
    synchronised: new EventEmitter().setMaxListeners(0),
    tunnels: new Invitations(),
    pushNeeded: callByPush(
      log,
      onPushNeeded ?? (fcm ? wakeBy(fcm, { store, log, random, signal: stopping.signal }) : undefined),
    ),
    exporter: siem ? opened.adopt(exporterTo(siem), open => open.stop()) : null,
  }
  // Everything that goes out to the internet goes by it.
  const proxy = forwardProxyOf({ host, topology, settings })
  const agents = agentPort(administration)
  const consoles = consolePort(administration)
  const firmwares = uefiPort(administration)
  const server = { name: host.name, version: settings.kscVersion }
  const openApi = createOpenApi({
    store,
    accounts: administration.accounts,
    allowed: administration.allowed,
    server,
    log,
    pushNeeded: administration.pushNeeded,
    synchronise: administration.synchronise,
    sendPush: device => sendPush(administration, device),
    secondaries: () => secondariesOf(administration),
    updateAgents: () => administration.updateAgents,
  })
  opened.defer(() => openApi.close())

  const tls = () => credentials.identity('common')
  const handshakeTimeout = settings.helloTimeout
  const listening = async <L extends Listener>(listener: Promise<L>) =>
    opened.adopt(await listener, open => open.close())
  const agentListener = await listening(
    host.listen(13000, { tls, handshakeTimeout, clientCertificate: inHierarchy(topology) }, agents.accept),
  )
  await listening(serveShutdownNotices(administration))
  await listening(host.listen(14000, { handshakeTimeout }, agents.accept))
  await listening(host.listen(13291, { tls, handshakeTimeout }, consoles.accept))
  await listening(host.listen(13294, { tls, handshakeTimeout }, firmwares.accept))
  await listening(tunnelPort(administration))
  await listening(serveHttp(host, 13299, { tls }, openApi))
  opened.defer(async () => void (await Promise.all([agents.stop(), consoles.stop(), firmwares.stop()])))
  const phones = mobilePort(administration)
  const mobile = async (port: 13292 | 13293, clientCertificate: true | 'demanded') => {
    const own = { tls: () => credentials.identity('mobile'), handshakeTimeout, clientCertificate }
    return { [port]: await listening(host.listen(port, own, phones.accept)) }
  }
  const carried: CarriedTo = {
    13000: agentListener,
    ...(hostNamed(topology, host.name)?.secondary === undefined
      ? { ...(await mobile(13292, true)), ...(await mobile(13293, 'demanded')) }
      : {}),
  }
  opened.defer(() => phones.stop())
  administration.updateAgents = opened.adopt(new UpdateAgents(administration, carried, random), agents => agents.stop())
  for (const { other, role } of linksOf(topology, host.name))
    opened.adopt(new HierarchyLink(administration, other, role, random), link => link.stop())

  const running = opened.move()
  let stopped: Promise<void> | null = null
  return {
    exercises: {
      '1':
        place !== null
          ? reachDatabase(store, place)
          : hostsWithRole(topology, 'dbms').length > 0
            ? greetSqlServer
            : embedded,
      '2': wakeUp(administration),
      '4': joinServers(administration, 'secondary-server'),
      'x-hier-dmz': joinServers(administration, 'primary-server'),
      '4a': signalGateway(administration),
      '4a-data': dialInvited(administration),
      'x-siem': exportEvent(administration),
      'x-wol': wakeOnLan(administration),
      ...(fcm ? { '10': (view: Host, task: ExerciseTask) => askGoogle(fcm, store)(view, task) } : {}),
      '8': (view, task) => askKaspersky(credentials)(throughProxy(view, proxy), task),
    },
    signals: () => administration.gateways.map(({ signal }) => signal),
    stop: () => (stopped ??= running.disposeAsync()),
  }
}

/** Servers prove themselves to each other by certificates; devices have none to show. */
const inHierarchy = ({ hosts }: Topology): boolean => hosts.some(({ secondary }) => secondary !== undefined)

/** The other Servers that this one dials: its primary, or its passive secondaries. */
function linksOf(topology: Topology, server: string) {
  const self = hostNamed(topology, server)
  const primary = self?.secondary === 'active' ? hostNamed(topology, self.server) : undefined
  const passive = topology.hosts.filter(host => host.secondary === 'passive' && host.server === server)
  return [
    ...(primary ? [{ other: primary, role: 'secondary-server' as const }] : []),
    ...passive.map(other => ({ other, role: 'primary-server' as const })),
  ]
}

/** Network Agent (klnagent): UDP 15000, the local exchange, and everything it opens towards the Server. */
import { randomUUID, X509Certificate } from 'node:crypto'
import { wayTo } from '../../shared/config/published.ts'
import { hostNamed, isDistributionPoint, serverOf } from '../../shared/config/topology.ts'
import { downloadPackage } from '../../shared/http/download-package.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { Agent } from './agent.ts'
import { openAnsweringPort } from './answering-port.ts'
import { downloadFromPoint } from './distribution-point/exercise-download.ts'
import { reachPushServer } from './distribution-point/exercise-push.ts'
import { wakeUpForServer } from './distribution-point/exercise-wake-up.ts'
import { distributionPointMode, startPush } from './distribution-point/index.ts'
import { activate } from './exercises/activate.ts'
import { askLocally } from './exercises/ask-locally.ts'
import { notifyShutdown } from './exercises/notify-shutdown.ts'
import { queryNeighbour } from './exercises/query-neighbour.ts'
import { synchronise } from './exercises/synchronise.ts'
import { gatewayMode } from './gateway/index.ts'
import { ksnExercises } from './ksn/exercises.ts'
import { localExchange } from './local-exchange.ts'
import { AgentMemory } from './memory.ts'
import { Schedule } from './schedule.ts'
import { sendShutdownNotice } from './shutdown-notice.ts'
import { openTunnel } from './tunnel/index.ts'
import { serveUdp } from './udp-15000.ts'

export const start: StartService = async (context): Promise<Service> => {
  const { host, topology, credentials, state, settings, random, log } = context
  const memory = new AgentMemory(state, sentence => log.warn(sentence))
  if (settings.serverCertificate !== null) memory.install(new X509Certificate(settings.serverCertificate))
  const self = hostNamed(topology, host.name)
  const server = self && serverOf(topology, self)
  if (!self || !server) throw new Error(`${host.name}: a Network Agent needs an Administration Server in its topology`)

  const agent = new Agent({ host, self, server, publishedBy: wayTo(topology, self, server), memory, settings, log })
  agent.onTunnel = (message, session) => void openTunnel(agent, message, session)
  const schedule = new Schedule(agent, random, log)
  const local = localExchange(agent, log)
  const listeners = [await serveUdp(agent, schedule), await host.listenLocal('klnagent', local.accept)]
  const modes = [
    ...(self.gateway ? [gatewayMode(agent, self, context)] : []),
    ...(isDistributionPoint(self) ? [distributionPointMode()] : []),
  ]
  const push = await startPush(agent, self, context, nonce => schedule.now(nonce))
  const answering = modes.length > 0 ? await openAnsweringPort(modes, context) : null

  agent.record(1, 'KLNAG_EV_STARTED', `Network Agent on ${host.name} has started`)
  schedule.now()

  let stopping: Promise<void> | null = null
  const stop = async () => {
    await Promise.all([schedule.stop(), push?.stop()])
    // The device is going down: the Server is told, whether it hears it or not.
    const hears = agent.way === agent.published
    if (hears && memory.noticeKey) await sendShutdownNotice(agent, randomUUID()).catch(() => {})
    await Promise.all([local.stop(), answering?.stop(), ...listeners.map(listener => listener.close())])
  }
  return {
    exercises: {
      '2-bcast': queryNeighbour(agent),
      '3': notifyShutdown(agent, schedule),
      '4': synchronise(agent, 13000),
      '4-plain': synchronise(agent, 14000),
      '4a-agents': synchronise(agent, 13000),
      'x-gw-segment': synchronise(agent, 13000),
      'x-gw-segment-agents': synchronise(agent, 13000),
      'x-dp-agents': downloadFromPoint(agent),
      'x-dp-push': reachPushServer(agent),
      'x-dp-udp': wakeUpForServer(agent),
      ...push?.exercises,
      ...ksnExercises(agent, topology),
      '5': activate(agent),
      '7': askLocally(agent),
      '16': downloadPackage(credentials),
    },
    ready: () => memory.pins.length > 0,
    stop: () => (stopping ??= stop()),
  }
}

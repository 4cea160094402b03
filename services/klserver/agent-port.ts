import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { NetError } from '../../shared/net/errors.ts'
import { answerHold as hold } from '../../shared/net/hold-still.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Session } from '../../shared/net/session.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { Administration, AgentContext } from './administration.ts'
import { UNASSIGNED } from './groups.ts'
import { decline } from './handlers/decline.ts'
import { event } from './handlers/event.ts'
import { listDevices } from './handlers/list-devices.ts'
import { reportDevices } from './handlers/report-devices.ts'
import { sync } from './handlers/sync.ts'
import { waitForContact } from './handlers/wait-for-contact.ts'
import { wakeUpRequest } from './handlers/wake-up-request.ts'
import { keepSecondary } from './hierarchy/connected.ts'
import { checkServer } from './hierarchy/welcome-server.ts'
import { keepConnection } from './keep.ts'

/** 13000 (TLS) and 14000 (plain, legacy): Network Agents. */
export function agentPort(administration: Administration): SessionServer<AgentContext> {
  const { settings, log } = administration
  return new SessionServer<AgentContext>({
    roles: {
      agent: { sync, event, decline, 'wake-up-request': wakeUpRequest, 'wait-for-contact': waitForContact, hold, ping },
      'secondary-server': { 'report-devices': reportDevices, hold, ping },
      'primary-server': {
        'list-devices': (context, message, session) => listDevices(context.administration, message, session),
        hold,
        ping,
      },
      tunnel: {},
    },
    async welcome(hello, session) {
      if (hello.role === 'agent') return welcomeAgent(administration, hello, session)
      if (hello.role === 'tunnel') return welcomeTunnel(administration, hello)
      return welcomeServer(administration, hello, session)
    },
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })
}

/** A device's end of a tunnel: after the welcome the connection is that of whoever asked for it. */
function welcomeTunnel({ host, settings, tunnels }: Administration, { nonce, invitation }: Messages['hello']) {
  const takeOver = tunnels.accept(invitation)
  const welcome = { type: 'welcome', host: host.name, version: settings.kscVersion, nonce, keep: 'not-asked' } as const
  // It sends no message, so no handler ever asks for its context.
  return { welcome, takeOver, context: null as never }
}

/** Another Server of the hierarchy: `agentId` of its context is its name. */
async function welcomeServer(administration: Administration, hello: Messages['hello'], session: Session) {
  checkServer(administration, hello, session)
  const { host, settings } = administration
  const keep = hello.keep ? 'granted' : 'not-asked'
  if (hello.keep && hello.role === 'secondary-server') keepSecondary(administration, hello.host, session)
  const welcome = { type: 'welcome', host: host.name, version: settings.kscVersion, nonce: hello.nonce, keep } as const
  return { welcome, context: { administration, agentId: hello.host, name: hello.host } }
}

export async function welcomeAgent(administration: Administration, hello: Messages['hello'], session: Session) {
  const { host, store, settings, called } = administration
  const { agentId, nonce, wokenBy } = hello
  refuseCascade(hello, session)
  if (agentId === undefined) throw new NetError('bad-hello', 'a Network Agent gives its agentId (a GUID) in hello')
  await store.arrived({
    agentId,
    name: hello.host,
    address: session.connection.remote.address,
    version: hello.version,
    os: hello.os ?? 'unknown',
    at: Date.now(),
    ...(hello.gateway === 'dmz' ? { groupId: UNASSIGNED } : {}),
  })
  if (wokenBy !== undefined) called.get(wokenBy)?.resolve()
  const keep = hello.keep ? keepConnection(administration, agentId, session) : { keep: 'not-asked' as const }
  const welcome = {
    type: 'welcome',
    host: host.name,
    version: settings.kscVersion,
    nonce,
    syncInterval: settings.syncInterval,
    ...keep,
  } as const
  return { welcome, context: { administration, agentId, name: hello.host } }
}

/** A gateway cannot reach the Server through another one (topic 204420); its own agent comes in by its own door. */
function refuseCascade({ host, gateway }: Messages['hello'], { connection: { via } }: Session): void {
  if (gateway !== undefined && via !== null && via !== host)
    throw new NetError(
      'cascade-refused',
      `${host} is a connection gateway and came through the gateway ${via}; gateways do not cascade, so give it a way of its own`,
    )
}

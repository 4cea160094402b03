import { NetError } from '../../../shared/net/errors.ts'
import { holdStill } from '../../../shared/net/hold-still.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Administration } from '../administration.ts'
import { dialGateway } from '../gateways/dial-gateway.ts'

type Task = Parameters<Exercise>[1]

/** A signal connection of its own, by which nobody is invited: the standing one goes on. */
async function signal(administration: Administration, host: Parameters<Exercise>[0], task: Task): Promise<Session> {
  const { credentials, topology } = administration
  const gateway = topology.hosts.find(({ name }) => name === task.to.host)
  if (!gateway) throw new NetError('NO_GATEWAY', `${task.to.host} is no host of this lab`)
  const dialling = { host, gateway, credentials, timeout: task.timeout, signal: task.signal }
  const session = await dialGateway(dialling, { readTimeout: task.timeout, onMessage: () => {} })
  await session.greet(hello(administration, 'signal', task.nonce))
  return session
}

const hello = ({ host, settings }: Administration, role: 'signal' | 'data', nonce: string): Messages['hello'] => ({
  type: 'hello',
  protocol: 1,
  role,
  host: host.name,
  version: settings.kscVersion,
  nonce,
})

/** Arrow 4a: the way of the signal connection, and a sign of life on it; perhaps another one after a silence. */
export const signalGateway =
  (administration: Administration): Exercise =>
  async (host, task) => {
    const session = await signal(administration, host, task)
    try {
      await session.request<Messages['ping']>({ type: 'ping', nonce: task.nonce })
      await holdStill(session, task)
    } finally {
      await session.close()
    }
  }

/** Arrow 4a, data: an invitation, and the data connection that takes it up. */
export const dialInvited =
  (administration: Administration): Exercise =>
  async (host, task) => {
    const { credentials, topology } = administration
    const asking = await signal(administration, host, task)
    try {
      const { invitation } = await asking.request<Messages['invitation-request']>({
        type: 'invitation-request',
        nonce: task.nonce,
      })
      const gateway = topology.hosts.find(({ name }) => name === task.to.host)
      if (!gateway) return
      const dialling = { host, gateway, credentials, timeout: task.timeout, signal: task.signal }
      const data = await dialGateway(dialling, { readTimeout: task.timeout, onMessage: () => {} })
      await data.greetAndHandOver({ ...hello(administration, 'data', task.nonce), invitation })
      data.connection.close()
    } finally {
      await asking.close()
    }
  }

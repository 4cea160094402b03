import { hostNamed } from '../../../shared/config/topology.ts'
import { NetError } from '../../../shared/net/errors.ts'
import { holdStill } from '../../../shared/net/hold-still.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Administration } from '../administration.ts'
import { dialServer } from '../hierarchy/dial-server.ts'

/** Arrow 4 of a secondary Server, and the reversed link to a passive one: both certificates, and a sign of life. */
export const joinServers =
  (administration: Administration, role: 'secondary-server' | 'primary-server'): Exercise =>
  async (host, task) => {
    const { nonce, to, timeout, signal } = task
    const { credentials, settings, topology } = administration
    const server = hostNamed(topology, to.host)
    if (!server) throw new NetError('NO_SERVER', `${to.host} is no host of this lab`)
    const dialling = { host, server, credentials, timeout, signal }
    const session = await dialServer(dialling, { readTimeout: timeout, onMessage: () => {} })
    try {
      await session.greet({ type: 'hello', protocol: 1, role, host: host.name, version: settings.kscVersion, nonce })
      await session.request<Messages['ping']>({ type: 'ping', nonce })
      await holdStill(session, task)
    } finally {
      await session.close()
    }
  }

import { Session } from '../../../shared/net/session.ts'
import type { Credentials, Exercise } from '../../../shared/service.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { KnownServers } from '../known-servers.ts'

/** Arrow 6: log in on 13291, list the groups and the devices, and give one the name and the group that it has. */
export const administer =
  (credentials: Credentials, servers: KnownServers, version: string): Exercise =>
  async (host, { nonce, to, timeout }) => {
    const connection = await host.dial(to, { tls: { rule: servers.rule(to.host) }, timeout })
    const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
    try {
      await session.greet({
        type: 'hello',
        protocol: 1,
        role: 'console',
        host: host.name,
        version,
        nonce,
        login: credentials.administrator,
      })
      await session.request<Messages['list-groups']>({ type: 'list-groups', nonce })
      const { devices } = await session.request<Messages['list-devices']>({ type: 'list-devices', nonce })
      const own = devices.find(({ server }) => server === undefined)
      if (!own) return
      const { hostId, displayName: name, groupId } = own
      await session.request<Messages['rename-device']>({ type: 'rename-device', nonce, hostId, name })
      await session.request<Messages['move-device']>({ type: 'move-device', nonce, hostId, groupId })
    } finally {
      await session.close()
    }
  }

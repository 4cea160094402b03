import { Session } from '../../../shared/net/session.ts'
import type { Credentials, Exercise } from '../../../shared/service.ts'
import { pinned } from '../../../shared/tls/rules.ts'
import { describePem } from '../../../shared/tls/seen.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'

/** Arrow 6: log in on 13291, list the devices, and give one the name it has. */
export function administer(credentials: Credentials, servers: readonly string[], version: string): Exercise {
  const fingerprint = (use: string) => describePem(credentials.identity(use).cert).fingerprint
  // The console keeps each Server's certificate as an agent does (help topic 3321): from its start, whatever is shown later.
  const keptOf = new Map(
    servers.map(name => [name, [fingerprint(`common@${name}`), fingerprint(`common-reserve@${name}`)]]),
  )
  return async (host, { nonce, to, timeout }) => {
    const connection = await host.dial(to, { tls: { rule: pinned(() => keptOf.get(to.host) ?? []) }, timeout })
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
      const { devices } = await session.request<Messages['list-devices']>({ type: 'list-devices', nonce })
      const [device] = devices
      if (device)
        await session.request<Messages['rename-device']>({
          type: 'rename-device',
          nonce,
          hostId: device.hostId,
          name: device.displayName,
        })
    } finally {
      await session.close()
    }
  }
}

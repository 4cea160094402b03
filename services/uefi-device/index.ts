/** A UEFI protection device: reports to 13294 of its Server (assumed: its existence is documented, its protocol is not). */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Session } from '../../shared/net/session.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { pinned } from '../../shared/tls/rules.ts'
import { describePem } from '../../shared/tls/seen.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'

export const start: StartService = async ({ host, state, settings, credentials }): Promise<Service> => {
  const agentId = ownId(join(state, 'device-id'))
  const pins = ['common', 'common-reserve'].map(use => describePem(credentials.identity(use).cert).fingerprint)
  return {
    exercises: {
      async 'x-uefi'(way, { nonce, to, servername, timeout, signal }) {
        const connection = await way.dial(to, { tls: { servername, rule: pinned(() => pins) }, timeout, signal })
        const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
        try {
          const { kscVersion: version } = settings
          await session.greet({
            type: 'hello',
            protocol: 1,
            role: 'uefi-device',
            host: host.name,
            agentId,
            version,
            os: 'UEFI',
            nonce,
          })
          await session.request<Messages['event']>({
            type: 'event',
            nonce,
            eventId: randomUUID(),
            at: Date.now(),
            severity: 1,
            kind: 'UEFI_EV_STARTED',
            text: 'The firmware has been checked',
          })
        } finally {
          await session.close()
        }
      },
    },
    stop: async () => {},
  }
}

function ownId(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

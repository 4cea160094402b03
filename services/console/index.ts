/** Administration Console (MMC) as an initiator: it has no port of its own. */
import type { Service, StartService } from '../../shared/service.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { administer } from './exercises/administer.ts'
import { KnownServers } from './known-servers.ts'

export const start: StartService = async ({ credentials, settings, peers, state, log }): Promise<Service> => {
  const fingerprint = (use: string) => describePem(credentials.identity(use).cert).fingerprint
  // Each Server's certificate as the console knows it from its start, whatever is shown later.
  const given = new Map(
    peers('administration-server').map(name => [
      name,
      [fingerprint(`common@${name}`), fingerprint(`common-reserve@${name}`)],
    ]),
  )
  const servers = new KnownServers({
    folder: state,
    given: server => given.get(server) ?? [],
    // Nobody sits in front of it: the answer is given beforehand.
    ask({ server, fingerprint: shown }) {
      const accepted = settings.consoleNewCertificate === 'accept'
      log.warn({ server, fingerprint: shown, accepted }, 'the Server shows another certificate than the console knows')
      return accepted
    },
  })
  return {
    exercises: { '6': administer(credentials, servers, settings.kscVersion) },
    stop: async () => {},
  }
}

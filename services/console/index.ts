/** Administration Console (MMC) as an initiator: it has no port of its own. */
import type { Service, StartService } from '../../shared/service.ts'
import { administer } from './exercises/administer.ts'

export const start: StartService = async ({ credentials, settings, peers }): Promise<Service> => ({
  exercises: { '6': administer(credentials, peers('administration-server'), settings.kscVersion) },
  stop: async () => {},
})

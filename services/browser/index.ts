/** A browser: it listens nowhere, and opens the Web Console by its name with the lab's authority trusted. */
import type { Service, StartService } from '../../shared/service.ts'
import { openWebConsole } from './open-web-console.ts'

export const start: StartService = async ({ credentials }): Promise<Service> => ({
  exercises: { '9a': openWebConsole(credentials) },
  stop: async () => {},
})

import { setTimeout as sleep } from 'node:timers/promises'
import { Role } from './role.ts'

/** A gateway in a DMZ and its Server, with the signal connection between them. */
export interface Signalled {
  gateway: Role
  server: Role
  /** Where devices arrive. */
  port: number
  stop(): Promise<void>
}

export async function signalled(state: string): Promise<Signalled> {
  const gateway = new Role('gateway', ['gateway', state])
  const port = await gateway.ask('port')
  const server = new Role('server', [state, String(port)])
  for (let tries = 0; (await server.ask<string>('signal')) !== 'established'; tries++) {
    if (tries > 100) throw new Error('the Server did not reach its gateway')
    await sleep(50)
  }
  return { gateway, server, port, stop: async () => void (await Promise.all([gateway.stop(), server.stop()])) }
}

import type { HttpClient } from '../../shared/http/client.ts'
import { call, FORBIDDEN, NOT_AUTHENTICATED } from './open-api.ts'
import { networkError } from './trouble.ts'

export interface Health {
  status: 'ok' | 'degraded'
  administrationServer: string
}

/**
 * Asks the OpenAPI for a session that does not exist, on a connection of its own: a refusal proves the way there, the
 * certificate and the responder, and needs no account. Requests that come while it runs share its outcome.
 */
export function healthCheck(connect: () => HttpClient): () => Promise<Health> {
  let running: Promise<Health> | null = null
  const check = async (): Promise<Health> => {
    const client = connect()
    try {
      await call(client, { method: 'Session.Ping', headers: { 'x-ksc-session': 'none' } })
      return { status: 'ok', administrationServer: 'reachable' }
    } catch (error) {
      const { code, message } = networkError(error)
      if (code === NOT_AUTHENTICATED || code === FORBIDDEN) return { status: 'ok', administrationServer: 'reachable' }
      return { status: 'degraded', administrationServer: `unreachable: ${message}` }
    } finally {
      await client.close()
      running = null
    }
  }
  return () => (running ??= check())
}

import type { Session } from '../../../shared/net/session.ts'
import type { Administration } from '../administration.ts'

/** A session with a secondary Server that is kept; the newest counts. */
export function keepSecondary({ connectedSecondaries }: Administration, name: string, session: Session): void {
  connectedSecondaries.set(name, session)
  void session.closed.then(() => {
    if (connectedSecondaries.get(name) === session) connectedSecondaries.delete(name)
  })
}

import { type Exercise, Skipped } from '../../../shared/service.ts'

/** Arrow 1. The embedded store is a file of this process; there is no connection that a firewall could stop. */
export const reachDatabase: Exercise = async () => {
  throw new Skipped('embedded store, no network')
}

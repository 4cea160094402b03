import type { DatabasePlace } from '../../../shared/config/database.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Connection } from '../../../shared/net/host.ts'
import { type Exercise, Skipped } from '../../../shared/service.ts'
import type { Store } from '../store/index.ts'
import { leaveWord } from '../store/server.ts'

/** Arrow 1. The embedded store is a file of this process; there is no connection that a firewall could stop. */
export const embedded: Exercise = async () => {
  throw new Skipped('embedded store, no network')
}

/** A new connection leaves the nonce in the database; the one that the Server keeps finds it there. */
export const reachDatabase =
  (store: Store, place: DatabasePlace): Exercise =>
  async (host, { nonce, timeout, signal }) => {
    let connection: Connection | undefined
    const onConnection = (made: Connection) => {
      connection = made
      made.observe({ what: 'request-sent', detail: { nonce } })
    }
    await leaveWord({ host, place, timeout, signal, onConnection }, nonce)
    if (!(await store.takeWord(nonce)))
      throw new NetError(
        'OTHER_DATABASE',
        'what was left there is not in the database that the Server uses: the two connections came to different ones',
      )
    connection?.observe({ what: 'reply-received', detail: { nonce } })
  }

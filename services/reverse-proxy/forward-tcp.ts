import type { Forward } from '../../shared/config/published.ts'
import { carry } from '../../shared/net/carry.ts'
import type { NetError } from '../../shared/net/errors.ts'
import type { Connection, Host } from '../../shared/net/host.ts'

/** ms in which the responder has to be reached; assumed, so that whoever waits still hears that it was not. */
const CONNECT_TIMEOUT = 2_000

/** Dials on for every connection that arrives; without an answer there, whoever came is reset. */
export async function forwardTcp(host: Host, { port, to }: Forward): Promise<{ close(): Promise<void> }> {
  const open = new Set<Connection>()
  const pass = async (arrived: Connection) => {
    open.add(arrived)
    try {
      const onward = await host.dial({ host: to, port }, { timeout: CONNECT_TIMEOUT })
      arrived.observe({ what: 'carried', detail: { to: `${to}:${port}`, by: onward.id } })
      await carry(arrived, onward)
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NetError
      arrived.observe({ what: 'carry-refused', detail: { code, reason: message } })
      arrived.close('reset')
    } finally {
      open.delete(arrived)
    }
  }
  const listener = await host.listen(port, {}, arrived => void pass(arrived))
  return {
    async close() {
      for (const arrived of open) arrived.close('reset')
      await listener.close()
    },
  }
}

import type { Host } from '../../../shared/net/host.ts'
import type { Way } from './way.ts'

/** A gateway in a segment (topic 158533): it dials the Server itself, once for every device. */
export const dialledWay = (host: Host, server: string, timeout: number): Way => ({
  open: (_arrived, port) => host.dial({ host: server, port }, { timeout }),
})

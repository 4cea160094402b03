import type { Host } from '../../../shared/net/host.ts'
import type { Way } from './way.ts'

/** A gateway in a segment (topic 158533): it dials the Server itself, once for every device. */
export const dialledWay = (host: Host, server: string, timeout: number): Way => ({
  open: () => host.dial({ host: server, port: 13000 }, { timeout }),
})

/** A reverse proxy as it should be set up: every published port, byte by byte. The user's own box takes its place (`--external`). */
import { forwardsOf, isReverseProxy } from '../../shared/config/published.ts'
import { hostNamed } from '../../shared/config/topology.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { forwardTcp } from './forward-tcp.ts'
import { forwardUdp } from './forward-udp.ts'

export const start: StartService = async ({ host, topology }): Promise<Service> => {
  const self = hostNamed(topology, host.name)
  const forwards = self && isReverseProxy(self) ? forwardsOf(topology, self) : []
  const running = await Promise.all(
    forwards.map(forward => (forward.transport === 'udp' ? forwardUdp(host, forward) : forwardTcp(host, forward))),
  )
  let stopping: Promise<void> | null = null
  const stop = async () => {
    await Promise.all(running.map(one => one.close()))
  }
  return { exercises: {}, stop: () => (stopping ??= stop()) }
}

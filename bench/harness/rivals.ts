import type { Ports } from './ends.ts'
import { haproxy } from './haproxy.ts'
import type { Rival } from './rival.ts'
import { Role } from './role.ts'

export const BIG_BUFFERS = 'tune.bufsize 262144'
export const ONE_THREAD = 'nbthread 1'
/** Waits for the ClientHello and chooses by the name in it, as a gateway does. */
const SNI = [
  ' tcp-request inspect-delay 5s',
  ' tcp-request content accept if { req_ssl_hello_type 1 }',
  ' use-server back if { req_ssl_sni -m found }',
].join('\n')

export const haproxyDefault = (backs: Ports) => haproxy({ name: 'HAProxy', backs })
export const haproxyTuned = (backs: Ports) => haproxy({ name: 'HAProxy 256 KiB', backs, global: BIG_BUFFERS })
export const haproxyOneThread = (backs: Ports) => haproxy({ name: 'HAProxy, 1 thread', backs, global: ONE_THREAD })
export const haproxyTunedOneThread = (backs: Ports) =>
  haproxy({ name: 'HAProxy 256 KiB, 1 thread', backs, global: `${BIG_BUFFERS}\n${ONE_THREAD}` })
export const haproxyPeeking = (backs: Ports) => haproxy({ name: 'HAProxy, SNI', backs, listen: SNI })

export const direct = (backs: Ports): Rival => ({
  name: 'direct',
  pid: null,
  towards: async kind => backs[kind],
  stop: async () => {},
})

export async function carrier(backs: Ports): Promise<Rival> {
  const role = new Role('carrier')
  const ports = await role.ask<Ports>('relay', { backs })
  return { name: 'carry', pid: role.pid, towards: async kind => ports[kind], stop: () => role.stop() }
}

/** In a segment: it dials its Server for everybody who arrives. */
export async function segmentGateway(backs: Ports, state: string): Promise<Rival> {
  const role = new Role('gateway', ['gateway-segment', state])
  return {
    name: 'gateway',
    pid: role.pid,
    towards: kind => role.ask('server', { port: backs[kind] }),
    stop: () => role.stop(),
  }
}

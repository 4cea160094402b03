/**
 * A port that refuses, and stays so. Node cannot bind without listening, and a port number that is merely unused goes
 * to the next process that asks for any. So the port is held by a connection of the middlebox to itself:
 *
 *   TCP   port P -- connected to --> a listener that is closed right after.  A SYN to P finds nobody listening: RST.
 *   UDP   port P -- connected to --> itself.  A datagram from anyone else finds no socket: ICMP port unreachable.
 *
 * While it lasts the system gives P to nobody who binds to port 0. (Who listens on P by number still may.)
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, isIPv6, type Socket } from 'node:net'
import type { Endpoint } from '../journal/observation.ts'
import { listenError } from '../net/listen-error.ts'
import { type Box, boundTo } from './box.ts'
import { settled } from './settled.ts'

export async function holdClosedTcp(bind: Endpoint, who: string): Promise<Box> {
  const { address } = bind
  const helper = createServer().listen(0, address)
  const { port } = await boundTo(helper, { bind: { address, port: 0 }, transport: 'tcp', who })
  const accepted = once(helper, 'connection')
  const holder = connect({ host: address, port, localAddress: address, localPort: bind.port })
  holder.on('error', () => {})
  try {
    await settled(holder, 'connect')
  } catch (error) {
    helper.close()
    throw listenError(error as Error, { host: who, port: bind.port, transport: 'tcp', address, real: bind.port })
  }
  const [far] = (await accepted) as [Socket]
  far.on('error', () => {})
  helper.close()
  return {
    at: { address, port: holder.localPort ?? bind.port },
    connections: () => 0,
    async close() {
      // FIN would leave the port in TIME_WAIT.
      const gone = [once(holder, 'close'), once(far, 'close')]
      holder.resetAndDestroy()
      far.destroy()
      await Promise.all(gone)
    },
  }
}

export async function holdClosedUdp(bind: Endpoint, who: string): Promise<Box> {
  const holder = createSocket(isIPv6(bind.address) ? 'udp6' : 'udp4').bind(bind.port, bind.address)
  const at = await boundTo(holder, { bind, transport: 'udp', who })
  holder.on('error', () => {})
  holder.connect(at.port, at.address)
  await once(holder, 'connect')
  return {
    at,
    connections: () => 0,
    async close() {
      holder.close()
      await once(holder, 'close')
    },
  }
}

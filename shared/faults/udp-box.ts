import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Endpoint } from '../journal/observation.ts'
import { type Box, boundTo } from './box.ts'
import type { DatagramRule } from './fault.ts'

/** A NAT forgets a UDP mapping no sooner than after two minutes without traffic (RFC 4787 section 4.3, REQ-5). */
const MAPPING_TIMEOUT = 120_000

/** As large as the lab's own listeners ask for: a box that does nothing wrong loses no burst that they would keep. */
const RECEIVE_BUFFER = 4 * 1024 * 1024

const socketFor = (address: string) =>
  createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER })

interface Mapping {
  socket: Socket
  /** Rejects where the name of the upstream cannot be resolved. */
  connected: Promise<unknown>
  idle: NodeJS.Timeout
}

/**
 * A NAT for datagrams: one socket towards the upstream per client, told apart by the client's address and port.
 * "Port unreachable" from the upstream is not passed on: Node cannot send ICMP.
 */
export async function startUdpBox(rule: DatagramRule, bind: Endpoint, who: string): Promise<Box> {
  const mappings = new Map<string, Mapping>()
  let connections = 0
  const server = socketFor(bind.address).bind(bind.port, bind.address)
  const at = await boundTo(server, { bind, transport: 'udp', who })
  server.on('error', () => {})

  const newMapping = (name: string, client: Endpoint): Mapping => {
    connections += 1
    const socket = socketFor(rule.to.address)
    const forget = () => {
      clearTimeout(idle)
      if (mappings.delete(name)) socket.close()
    }
    const idle = setTimeout(forget, MAPPING_TIMEOUT)
    socket.connect(rule.to.port, rule.to.address)
    const connected = once(socket, 'connect')
    connected.catch(forget)
    socket.on('error', () => {})
    socket.on('message', bytes => {
      idle.refresh()
      if (rule.replies === 'pass') server.send(bytes, client.port, client.address)
    })
    const mapping = { socket, connected, idle }
    mappings.set(name, mapping)
    return mapping
  }

  server.on('message', (bytes, { address, port }) => {
    const name = `${address} ${port}`
    const { socket, connected, idle } = mappings.get(name) ?? newMapping(name, { address, port })
    idle.refresh()
    if (rule.requests === 'pass')
      connected.then(() => mappings.get(name)?.socket === socket && socket.send(bytes)).catch(() => {})
  })

  return {
    at,
    connections: () => connections,
    async close() {
      const gone = [once(server, 'close')]
      server.close()
      for (const { socket, idle } of mappings.values()) {
        clearTimeout(idle)
        gone.push(once(socket, 'close'))
        socket.close()
      }
      mappings.clear()
      await Promise.all(gone)
    },
  }
}

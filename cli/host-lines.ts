import type { DescribedHost } from '../lab/describe.ts'

/** One line a host: name, zone, address, and its listeners. */
export function hostLines(hosts: Readonly<Record<string, DescribedHost>>): string[] {
  const entries = Object.entries(hosts)
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, { zone, address, listeners }]) => {
    const ports = listeners.map(
      ({ port, transport, tls, proxyProtocol }) =>
        `${port}${transport === 'udp' ? '/udp' : tls ? '' : ' plain'}${proxyProtocol ? ` (PROXY protocol ${proxyProtocol})` : ''}`,
    )
    return `  ${name.padEnd(width)}  ${zone.padEnd(8)}  ${address.padEnd(14)}  ${ports.join(', ') || '(opens connections only)'}`
  })
}

import { Command } from 'commander'
import { addressBook } from '../../lab/start-lab.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import { listeningOf } from '../../shared/config/published.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'

export const command = new Command('doctor')
  .description('look whether this machine can run a lab on the documented ports, and say what is in the way')
  .argument('[topology]', 'name of a topology, or the path of a .yaml file', 'lan')
  .action(async (name: string) => {
    const topology = loadTopology(name)
    const book = addressBook(topology, 'documented')
    process.stdout.write(`Node ${process.version}, ${process.platform}; topologies: ${topologyNames().join(', ')}\n`)
    let free = 0
    let blocked = 0
    for (const host of topology.hosts) {
      const net = createHost({ name: host.name, book, journal: new Journal(), local: new LocalSockets() })
      for (const { port, transport } of listeningOf(topology, host).flatMap(({ ports }) => ports)) {
        try {
          const listener = await (transport === 'udp'
            ? net.udp(port, () => {})
            : net.listen(port, {}, connection => connection.close()))
          await listener.close()
          free++
        } catch (error) {
          blocked++
          const { message, hint } = error as Error & { hint?: string }
          process.stdout.write(`${message}${hint === undefined ? '' : `; ${hint}`}\n`)
        }
      }
    }
    process.stdout.write(
      blocked === 0
        ? `all ${free} ports of ${topology.name} are free\n`
        : `${blocked} of ${free + blocked} ports of ${topology.name} cannot be had\n`,
    )
    process.exitCode = blocked === 0 ? 0 : 3
  })

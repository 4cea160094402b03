/**
 * The gateway as a lab runs it: a host with its Network Agent in gateway mode, its journal and its certificates. Only where
 * its Server is comes from the benchmark.
 *
 *   gateway.ts TOPOLOGY STATE
 */
import { pino } from 'pino'
import { openLabState } from '../../lab/lab-state.ts'
import { RunningHost } from '../../lab/running-host.ts'
import { addressBook } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostNamed } from '../../shared/config/topology.ts'
import { Journal } from '../../shared/journal/journal.ts'
import type { AddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { HERE } from '../harness/listening.ts'
import { play } from '../harness/role.ts'

const [name = 'gateway-segment', folder = ''] = process.argv.slice(2)
const topology = loadTopology(name)
const host = hostNamed(topology, 'gateway')
if (!host) throw new Error(`${name} has no gateway`)

/** Nobody answers at the discard service's port: the gateway's own agent waits for its interval. */
let server = 9
const known = addressBook(topology, 'ephemeral')
const book: AddressBook = {
  ...known,
  place: (target, transport) =>
    target.host === 'klserver' && target.port === 13000
      ? { address: HERE, port: server }
      : known.place(target, transport),
}
const [journal, local] = [new Journal(), new LocalSockets()]
const running = new RunningHost({
  topology,
  host,
  net: createHost({ name: 'gateway', book, journal, local }),
  state: await openLabState(folder, topology),
  settings: readSettings({}),
  random: () => 0.5,
  log: pino({ level: 'silent' }),
  journal,
})
await running.start()
process.on('exit', () => local.remove())

play(({ ask, port }) => {
  if (ask === 'server') server = Number(port)
  return book.place({ host: 'gateway', port: 13000 }, 'tcp').port
})

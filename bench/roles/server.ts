/**
 * The Server of a gateway in a DMZ: it keeps the signal connection and dials a data connection for every invitation, by the
 * product's own code. What comes on those is sunk, filled, or given to a real listener, as it is told.
 *
 *   server.ts STATE GATEWAY-PORT
 */
import { pino } from 'pino'
import { credentialsFor, openLabState } from '../../lab/lab-state.ts'
import { addressBook } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { SignalKeeper } from '../../services/klserver/gateways/signal-keeper.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostNamed } from '../../shared/config/topology.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { ends, type Kind } from '../harness/ends.ts'
import { HERE } from '../harness/listening.ts'
import { play } from '../harness/role.ts'

const [folder = '', port] = process.argv.slice(2)
const topology = loadTopology('gateway')
const [self, gateway] = [hostNamed(topology, 'klserver'), hostNamed(topology, 'gateway')]
if (!self || !gateway) throw new Error('the topology has no gateway')
const state = await openLabState(folder, topology)
const credentials = credentialsFor(self, topology, state)
const book = addressBook(topology, 'ephemeral')
book.bound({ host: 'gateway', port: 13000 }, 'tcp', { address: HERE, port: Number(port) })
const host = createHost({ name: 'klserver', book, journal: new Journal(), local: new LocalSockets() })

let received = 0
let serve: Kind | 'tls' = 'tls'
const far = ends(bytes => (received += bytes))
const agents = await host.listen(13000, { tls: () => credentials.identity('common') }, ({ stream }) => stream.resume())
const administration = {
  host,
  credentials,
  settings: readSettings({}),
  log: pino({ level: 'silent' }),
  store: { arrived: async () => {} },
}
const keeper = new SignalKeeper(
  administration as unknown as ConstructorParameters<typeof SignalKeeper>[0],
  gateway,
  {
    13000: {
      ...agents,
      adopt(connection, came) {
        if (serve === 'tls') agents.adopt(connection, came)
        else far[serve](connection.stream)
      },
    },
  },
  () => 0.5,
)

play(({ ask, kind }) => {
  if (ask === 'signal') return keeper.signal.state
  if (ask === 'serve') serve = kind as Kind | 'tls'
  return received
})

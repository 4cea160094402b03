import type { Lab } from '../../lab/start-lab.ts'
import type { Host } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'

/** A host of no topology that knows where the lab's hosts are, and writes into their journal. */
export const guest = (lab: Lab, name: string): Host =>
  createHost({
    name,
    book: {
      place: ({ host, port }, transport) => lab.endpoint(host, port, transport),
      bind: () => ({ address: '127.0.0.1', port: 0 }),
      group: () => ({ at: { address: '127.0.0.1', port: 0 }, by: '127.0.0.1' }),
      source: () => null,
      bound: () => {},
    },
    journal: lab.journal,
    local: new LocalSockets(),
  })

/** Hierarchies of Administration Servers: topics 158529 and 158530. */
import type { Flow } from '../types.ts'

export const hierarchy: readonly Flow[] = [
  {
    id: 'x-hier-dmz',
    title: 'Primary to secondary in DMZ',
    initiator: ['primary-server'],
    responder: ['secondary-server'],
    process: ['klserver'],
    transport: 'tcp',
    ports: [{ port: 13000, tls: 'yes' }],
    pinned: 'yes',
    purpose: 'Reversed hierarchy link; the secondary is passive',
    schemas: ['i-hierarchy-dmz'],
    versions: ['13.1', '14.2', '15.1', 'linux-15'],
    fidelity: 'documented',
    source: [
      'https://support.kaspersky.it/KSC/13.1/en-US/all-in-one.htm?sectionUrl=158520.htm',
      'https://support.kaspersky.com/KSC/14.2/fr-FR/158830.htm',
      'https://support.kaspersky.com/help/KSC/14/KSCAPI/a00401.html',
    ],
    notes: 'Server certificates authenticate both sides. Presence on Linux not checked separately.',
  },
]

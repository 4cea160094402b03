import { randomUUID } from 'node:crypto'
import type { Revisioned } from './schema.ts'

const named = (names: string[]): Revisioned[] => names.map(name => ({ id: randomUUID(), name, revision: 1 }))

/** Named as the vendor's quick start wizard names what it creates (assumed). */
export const seedPolicies = (): Revisioned[] =>
  named(['Kaspersky Endpoint Security for Windows', 'Kaspersky Security Center Network Agent'])

export const seedTasks = (): Revisioned[] => named(['Find vulnerabilities and required updates', 'Install update'])

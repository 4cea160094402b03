import { release, type } from 'node:os'
import type { Application } from '../../shared/wire/messages/sync.ts'

/** What the stand-in reports as installed: the agent itself, a protection product, and the runtime it really runs on. */
export const installedApplications = (version: string): Application[] => [
  { name: 'Kaspersky Security Center Network Agent (ksc-lab stand-in)', version },
  { name: 'Kaspersky Endpoint Security (ksc-lab stand-in)', version: '12.0' },
  { name: 'Node.js', version: process.versions.node },
]

export const operatingSystem = (): string => `${type()} ${release()}`

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../shared/config/error.ts'
import { readTopology } from '../shared/config/read-topology.ts'
import type { Topology } from '../shared/config/topology.ts'

/** `topologies/` stands beside this folder in the sources and beside `dist/` in the package. */
const shipped =
  ['../topologies/', '../../topologies/'].map(path => fileURLToPath(new URL(path, import.meta.url))).find(existsSync) ??
  ''

export const topologyNames = (): string[] =>
  readdirSync(shipped)
    .filter(file => file.endsWith('.yaml'))
    .map(file => basename(file, '.yaml'))
    .sort()

/** A shipped topology by name, or the user's own by the path of its file. @throws ConfigError */
export function loadTopology(nameOrFile: string): Topology {
  const own = /\.ya?ml$/.test(nameOrFile)
  if (!own && !topologyNames().includes(nameOrFile))
    throw new ConfigError(
      `no topology ${JSON.stringify(nameOrFile)}; accepted are ${topologyNames().join(', ')}, or the path of a .yaml file`,
    )
  const file = own ? nameOrFile : join(shipped, `${nameOrFile}.yaml`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); a topology file is expected`,
    )
  }
  return readTopology(text, own ? file : `${nameOrFile}.yaml`)
}

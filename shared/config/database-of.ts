import type { ServiceSettings } from '../service.ts'
import {
  DATABASE_EXPECTED,
  DATABASE_PORT,
  type DatabasePlace,
  DBMS,
  readDatabaseUrl,
  SERVER_PLACE,
  withoutLogin,
} from './database.ts'
import { ConfigError } from './error.ts'
import type { Topology, TopologyHost } from './topology.ts'
import { addressIn, ZONES } from './zones.ts'

/** The database of one Server; null: the embedded one. @throws ConfigError */
export function databaseOf(
  { database }: Pick<ServiceSettings, 'database'>,
  { name, hosts }: Topology,
  server: string,
): DatabasePlace | null {
  if (database === null) return null
  const place = readDatabaseUrl(database)
  const said = `settings: database ${JSON.stringify(withoutLogin(database))}`
  if (place === undefined) throw new ConfigError(`${said}: expected: ${DATABASE_EXPECTED}`)
  if (place === 'sqlite') return null
  const servers = hosts.filter(({ runs }) => runs.includes('klserver'))
  if (servers.length > 1 && !place.database.includes(SERVER_PLACE))
    throw new ConfigError(
      `${said}: topology ${name} has ${servers.length} Servers, and each has a database of its own; expected: ${SERVER_PLACE} in the name of the database, as ksc_${SERVER_PLACE}`,
    )
  return { ...place, database: place.database.replaceAll(SERVER_PLACE, server) }
}

/** The topology with the database server that its Servers are told to use, wherever that is. @throws ConfigError */
export function withDatabase(topology: Topology, settings: Pick<ServiceSettings, 'database'>): Topology {
  const [server] = topology.hosts.filter(({ runs }) => runs.includes('klserver'))
  const place = server ? databaseOf(settings, topology, server.name) : null
  if (!server || place === null) return topology
  const { dialect, host: elsewhere, port } = place
  const documented = DATABASE_PORT[dialect]
  const dbms: TopologyHost = {
    name: DBMS,
    ...(placeOf(elsewhere) ?? { zone: server.zone, number: 0 }),
    runs: [dialect],
    ports: port === documented ? {} : { [documented]: port },
    elsewhere,
  }
  return { ...topology, hosts: [...topology.hosts.filter(({ name }) => name !== DBMS), dbms] }
}

/** Of an address of the lab's own networks. */
function placeOf(address: string): Pick<TopologyHost, 'zone' | 'number'> | undefined {
  const number = Number(address.split('.')[3])
  const modes = ['compose', 'in-process'] as const
  const zone = ZONES.find(one => modes.some(mode => addressIn(mode, one, number) === address))
  return zone && { zone, number }
}

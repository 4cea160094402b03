/** What a host can run: which roles that gives it, and where it listens. One line per folder of `services/`. */
import type { Role } from '../catalogue/types.ts'
import type { ServerDialect } from './database.ts'

export interface ProgramPort {
  port: number
  transport: 'tcp' | 'udp'
  tls: boolean
}

export interface Program {
  /** For people. */
  title: string
  /** The documented process name, as the catalogue's flows give it. */
  process: string
  roles: readonly Role[]
  ports: readonly ProgramPort[]
}

const tls = (port: number): ProgramPort => ({ port, transport: 'tcp', tls: true })
const plain = (port: number): ProgramPort => ({ port, transport: 'tcp', tls: false })
const udp = (port: number): ProgramPort => ({ port, transport: 'udp', tls: false })

export const programs = {
  klserver: {
    title: 'Administration Server',
    process: 'klserver',
    roles: ['administration-server'],
    ports: [tls(13000), udp(13000), plain(14000), tls(13291), tls(13294), tls(13299), tls(19170)],
  },
  klactprx: { title: 'Activation proxy', process: 'klactprx', roles: [], ports: [tls(17000), tls(17100)] },
  ksnproxy: {
    title: 'KSN proxy',
    process: 'ksnproxy',
    roles: [],
    ports: [plain(13111), udp(15111)],
  },
  klcsweb: { title: 'Web Server', process: 'klcsweb', roles: ['web-server'], ports: [plain(8060), tls(8061)] },
  'web-console': {
    title: 'Web Console Server',
    process: 'node.js',
    roles: ['web-console-server'],
    ports: [tls(8080)],
  },
  'ios-mdm': {
    title: 'iOS MDM Server',
    process: 'kliosmdmservicesrv',
    roles: ['ios-mdm-server'],
    ports: [tls(443)],
  },
  klnagent: {
    title: 'Network Agent',
    process: 'klnagent',
    roles: ['managed-device', 'local-application'],
    ports: [udp(15000)],
  },
  console: { title: 'Administration Console', process: 'mmc', roles: ['admin-console'], ports: [] },
  klsctunnel: { title: 'Tunnel utility (klsctunnel)', process: 'klsctunnel', roles: ['admin-workstation'], ports: [] },
  android: { title: 'Android device', process: 'external', roles: ['mobile-device'], ports: [] },
  ios: { title: 'iOS device', process: 'mdmclient', roles: ['mobile-device'], ports: [] },
  browser: { title: 'Browser', process: 'browser', roles: ['browser'], ports: [] },
  'kaspersky-servers': {
    title: 'Kaspersky servers',
    process: 'external',
    roles: ['kaspersky-servers'],
    ports: [tls(443)],
  },
  'apple-servers': {
    title: 'Apple servers (APNs)',
    process: 'external',
    roles: ['apple-servers'],
    ports: [tls(443), tls(2197), tls(5223)],
  },
  'google-servers': {
    title: 'Google servers (FCM)',
    process: 'external',
    roles: ['google-servers'],
    ports: [tls(443), tls(5228), tls(5229), tls(5230)],
  },
  // An ordinary user may not listen on these: they stand only where a topology asks for them.
  'network-card': { title: 'Network card (Wake-on-LAN)', process: 'os', roles: [], ports: [udp(7)] },
  /** Its ports are those of the topology that it publishes: `listeningOf`. */
  'reverse-proxy': { title: 'Reverse proxy', process: 'reverse-proxy', roles: [], ports: [] },
  siem: { title: 'SIEM system', process: 'external', roles: ['siem'], ports: [plain(514), tls(6514)] },
  /** Stands only where a topology asks for it. */
  'sql-server': { title: 'SQL Server (stand-in)', process: 'dbms', roles: ['dbms'], ports: [plain(1433)] },
  'uefi-device': { title: 'UEFI protection device', process: 'firmware', roles: ['uefi-device'], ports: [] },
} as const satisfies Record<string, Program>

/** Database servers are the user's own: what an Administration Server is told to use (`KSC_LAB_DATABASE`). */
const databases = {
  mysql: { title: 'MySQL or MariaDB', process: 'dbms', roles: ['dbms'], ports: [plain(3306)] },
  postgres: { title: 'PostgreSQL', process: 'dbms', roles: ['dbms'], ports: [plain(5432)] },
  mssql: { title: 'Microsoft SQL Server', process: 'dbms', roles: ['dbms'], ports: [plain(1433)] },
} as const satisfies Record<ServerDialect, Program>

/** What a Network Agent is besides, as a connection gateway (topic 204420) and as a distribution point (topic 158532). */
export const gatewayMode: Program = {
  title: 'Connection gateway',
  process: 'klnagent',
  roles: ['connection-gateway'],
  ports: [tls(13000), tls(13292), tls(13293)],
}
export const distributionPointMode: Program = {
  title: 'Distribution point',
  process: 'klnagent',
  roles: ['distribution-point'],
  ports: [tls(13000), tls(13295)],
}
/** What a KSN proxy answers besides where HTTPS is turned on (KSCAPI a00220, a00253). */
export const ksnHttpsMode: Program = {
  title: 'KSN proxy over HTTPS',
  process: 'ksnproxy',
  roles: [],
  ports: [tls(17111)],
}
/** Mobile devices are managed by the Server that is under no other (assumed). */
export const mobileMode: Program = {
  title: 'Mobile Device Management',
  process: 'klserver',
  roles: [],
  ports: [tls(13292), tls(13293)],
}
/** An Administration Server under another one (topic 158529). */
export const secondaryMode: Program = {
  title: 'Secondary Administration Server',
  process: 'klserver',
  roles: ['secondary-server'],
  ports: [],
}

/** What the lab has code for. */
export type OwnProgram = keyof typeof programs
export type ProgramName = OwnProgram | ServerDialect
export const PROGRAM_NAMES = Object.keys(programs) as OwnProgram[]
export const isOwnProgram = (name: ProgramName): name is OwnProgram => Object.hasOwn(programs, name)
export const program = (name: ProgramName): Program => (isOwnProgram(name) ? programs[name] : databases[name])

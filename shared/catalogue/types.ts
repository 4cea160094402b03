/** The words of the catalogue. Data only: nothing here opens a connection. */

/** Versions whose documentation was read. Windows releases, and KSC Linux. */
export const KSC_VERSIONS = ['13.1', '14.2', '15.1', 'linux-15'] as const
export type KscVersion = (typeof KSC_VERSIONS)[number]

/** What a fact rests on: a vendor page that states it; a third party who saw it; our own reading, to be tested before it is quoted. */
export type Fidelity = 'documented' | 'observed' | 'assumed'

/** Who can be at one end of an arrow, in the vendor's words. */
export const ROLES = [
  'administration-server',
  'primary-server',
  'secondary-server',
  'managed-device',
  'distribution-point',
  'connection-gateway',
  'mobile-device',
  'admin-console',
  'admin-workstation',
  'web-console-server',
  'web-server',
  'ios-mdm-server',
  'browser',
  'api-client',
  'local-application',
  'dbms',
  'kaspersky-servers',
  'google-servers',
  'apple-servers',
  'cloud-console',
  'uefi-device',
  'bare-metal-device',
  'pxe-server',
  'domain-controller',
  'siem',
  'mail-server',
  'monitoring-system',
  'network',
] as const
export type Role = (typeof ROLES)[number]

/** The vendor's schemas (a picture with numbered arrows) and interaction tables (`i-...`). */
export interface Schema {
  id: string
  /** Number of the help topic: `https://support.kaspersky.com/help/KSC/14.2/en-US/<topic>.htm` */
  topic: number
  title: string
}

export interface FlowPort {
  /** Documented number. */
  port: number
  /** `no`: plain bytes; `n/a`: not a matter of this port (UDP, a database's own choice). */
  tls: 'yes' | 'no' | 'n/a'
  /** Only in these versions, where it is not in all of the flow's. */
  versions?: readonly KscVersion[]
}

/** A documented arrow: it starts at the side that opens the connection. */
export interface Flow {
  /** The vendor's number (`4`, `9a`, `15a`) or, for rows without one, an `x-` name. */
  id: string
  title: string
  initiator: readonly Role[]
  responder: readonly Role[]
  /** Documented process that answers (`klserver`), or `external` / `various`. */
  process: readonly string[]
  transport: 'tcp' | 'udp' | 'https' | 'local'
  /** Empty where the documentation prints none. A range is given by its first and last number and `range: true`. */
  ports: readonly FlowPort[]
  range?: true
  /** Tried in this order where none of `ports` passes; the vendor of the other end names them. */
  fallback?: readonly FlowPort[]
  /** Does the connecting side compare the certificate with a stored copy? */
  pinned: 'yes' | 'no' | 'n/a' | 'unknown'
  purpose: string
  /** Ids of the schemas and interaction tables that print it. */
  schemas: readonly string[]
  versions: readonly (KscVersion | 'linux-14' | 'cloud-console')[]
  fidelity: Fidelity
  /** Pages that state it; empty where none was found. */
  source: readonly string[]
  notes?: string
  /** Mistakes of the vendor's tables that the lab does not copy. */
  misprints?: readonly { where: string; printed: string; fact: string }[]
}

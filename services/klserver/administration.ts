import { X509Certificate } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Logger } from 'pino'
import type { Topology } from '../../shared/config/topology.ts'
import type { AddressSet } from '../../shared/net/address-set.ts'
import type { Host } from '../../shared/net/host.ts'
import type { Invitations } from '../../shared/net/invitations.ts'
import type { Session } from '../../shared/net/session.ts'
import type { Credentials, ServiceSettings } from '../../shared/service.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { GatewaySignal } from '../../shared/wire/messages/list-devices.ts'
import type { UpdateAgents } from './gateways/update-agents.ts'
import type { Accounts } from './security/accounts.ts'
import type { Audit } from './security/audit.ts'
import type { EventExporter } from './siem/exporter.ts'
import type { Device, Store } from './store/index.ts'

export type ListedDevice = Messages['devices']['devices'][number]

/** A connection gateway in a DMZ, whose signal connection this Server keeps. */
export interface DialledGateway {
  /** Of its device; undefined until it has been reached. */
  readonly agentId: string | undefined
  readonly signal: GatewaySignal
}

/** What every handler of the Administration Server works with. */
export interface Administration {
  host: Host
  topology: Topology
  store: Store
  credentials: Credentials
  accounts: Accounts
  /** From where administrators come; null: from everywhere. */
  allowed: AddressSet | null
  audit: Audit
  settings: ServiceSettings
  log: Logger
  /** "Do not disconnect" sessions, by agent id. */
  kept: Map<string, Session>
  gateways: DialledGateway[]
  /** Which of them, and of the distribution points, are registered; null while the Server starts. */
  updateAgents: UpdateAgents | null
  /** Devices of secondary Servers, by Server. */
  subordinate: Map<string, ListedDevice[]>
  /** Sessions with secondary Servers that are kept, by Server. */
  connectedSecondaries: Map<string, Session>
  /** Wake-ups sent, directly or by a distribution point, and not yet answered by a contact; by nonce. */
  called: Map<string, PromiseWithResolvers<void>>
  /** Devices that are asked to dial for a tunnel. */
  tunnels: Invitations
  /** Calls a device; resolves when it has synchronised. */
  synchronise: (device: Device) => Promise<void>
  /** Emits the agent id of a device that has synchronised. */
  synchronised: EventEmitter
  /** To the SIEM of this lab, where there is one. */
  exporter: EventExporter | null
  /** A mobile device has something to fetch. */
  pushNeeded: (device: Device) => void
}

/** One agent's session. */
export interface AgentContext {
  administration: Administration
  agentId: string
  /** As the device names itself. */
  name: string
}

/** Calls a mobile device by push: there is something that it would fetch with a synchronisation. */
export type PushNeeded = (device: Device) => Promise<void>

/** The certificate that the Server will present next, in DER: devices learn it with every synchronisation. */
export const reserveCertificate = ({ credentials }: Administration, use: string): Uint8Array =>
  new X509Certificate(credentials.identity(use).cert).raw

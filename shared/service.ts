/** The contract between the lab and a service. One folder of `services/` implements it per documented process. */
import type { Logger } from 'pino'
import type { Role } from './catalogue/types.ts'
import type { ProxyProtocolSetting } from './config/proxy-protocol.ts'
import type { Topology } from './config/topology.ts'
import type { Host, ServerIdentity, Target } from './net/host.ts'
import type { GatewaySignal } from './wire/messages/list-devices.ts'

/** One exercise of one arrow, at its initiator. Resolves when the matching answer was seen; every failure rejects. */
export type Exercise = (host: Host, task: ExerciseTask) => Promise<void>

export interface ExerciseTask {
  flow: string
  /** The id this exercise carries end to end. */
  nonce: string
  to: Target
  /** The DNS name by which the target is asked for where certificates hold names. */
  servername: string
  /** ms for each step: connect, TLS handshake, answer. */
  timeout: number
  /** ms for which an exercise of a long-lived connection holds it without a byte; absent: not at all. */
  idle?: number
  /** Stops the exercise; every wait hears it. */
  signal: AbortSignal
}

/** Thrown by an exercise that has nothing to do here (`embedded store, no network`): the verdict `skipped`. */
export class Skipped extends Error {
  override name = 'Skipped'
}

/** The certificates a host may hold or trust; made by `certs/`, handed out by the lab. */
export interface Credentials {
  /** `common`, `common-reserve`, `web-server`, `web-console`, `kaspersky`: PEM certificate chain and key. */
  identity(use: string): ServerIdentity
  /** `lab-ca`, `internet-ca`: PEM. */
  authority(name: string): string
  /** Of the internal account that the OpenAPI and the Web Console accept. */
  administrator: { user: string; password: string }
}

export interface ServiceContext {
  host: Host
  credentials: Credentials
  /** This service's own folder in the state folder; exists, mode 0700. */
  state: string
  log: Logger
  /** The lab's hosts and how they are set up for each other. */
  topology: Topology
  /** Hosts of the lab that play a role: `peers('administration-server')[0]`. */
  peers(role: Role): readonly string[]
  settings: ServiceSettings
  /** From 0 up to 1, from the lab's seed: jitter and the like. */
  random(): number
  /** A line for whoever started the lab and waits: what is missing. */
  notice?: (line: string) => void
}

/** What an administrator may set; every one has a documented or assumed default (`shared/config/settings.ts`). */
export interface ServiceSettings {
  kscVersion: string
  /** ms between full synchronisations; default 900 000 (15 min). */
  syncInterval: number
  /** ms before a silent connection is closed for want of a hello; default 10 000. */
  helloTimeout: number
  /** "Do not disconnect" connections per Server; default 300. */
  doNotDisconnectLimit: number
  /** ms; agent connect timeout, default 30 000, and read/write timeout, default 180 000. */
  connectTimeout: number
  readTimeout: number
  /** Is "do not disconnect" asked for by the agents of this lab? Default false. */
  doNotDisconnect: boolean
  /** PEM of the Administration Server certificate given to agents at installation; null: trust on first use. */
  serverCertificate: string | null
  /** URL of the Servers' database server, or null: the embedded one. */
  database: string | null
  /** ms for which one that is away is waited for at the start; default 60 000. */
  databaseWait: number
  /** `http://user:password@host:port` of the forward proxy by which Servers reach the internet; null: as the topology says. */
  forwardProxy: string | null
  /** Names and addresses that are dialled without it, with `*`; empty: as the topology says. */
  forwardProxyBypass: readonly string[]
  /** What a person in front of the Administration Console answers where the Server shows a certificate that it does not know; default refuse. */
  consoleNewCertificate: 'refuse' | 'accept'
  /** Devices per connection gateway; default 10 000. */
  gatewayLimit: number
  /** Devices per push server; default 50 000. */
  pushLimit: number
  /** ms between signs of life on a signal connection and on one to a push server; default 30 000. Two of them without one is a loss. */
  signalKeepAlive: number
  /** Addresses and networks of the proxies that may pass client certificates on to the iOS MDM Server; default none. */
  clientCertFrom: readonly string[]
  /** In which header, lower case; null: `client-cert` (RFC 9440) and `x-ssl-client-cert`. */
  clientCertHeader: string | null
  /** Wrong passwords in a row after which an account is blocked for an hour; default 10; 0: any number. */
  loginAttempts: number
  /** Addresses and networks from which the OpenAPI and 13291 are used; default none, which is everybody. */
  loginFrom: readonly string[]
  /** An account of the OpenAPI whose login has two steps; default none. */
  twoStepUser: { user: string; password: string } | null
  /** Listeners that take PROXY protocol headers, beside those of the topology; default none. */
  proxyProtocol: readonly ProxyProtocolSetting[]
  /** Addresses and networks whose headers these believe. */
  proxyProtocolFrom: readonly string[]
}

export interface Service {
  /** By flow id: the arrows that this service can start. */
  exercises: Readonly<Record<string, Exercise>>
  /** Has what others will ask of it: a Network Agent, its first contact. Absent: from the start. */
  ready?: () => boolean
  /** Of an Administration Server: the signal connections that it keeps. */
  signals?: () => readonly GatewaySignal[]
  /** Idempotent; returns when every socket and timer is gone. */
  stop(): Promise<void>
}

export type StartService = (context: ServiceContext) => Promise<Service>

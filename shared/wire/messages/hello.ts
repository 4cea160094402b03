import * as v from 'valibot'
import { Guid, Name, Nonce, Version } from './fields.ts'

/** What an initiator may be; the port decides which of them it welcomes. */
export const SESSION_ROLES = [
  'agent',
  'console',
  'activation-client',
  'ksn-client',
  'local-application',
  'signal',
  'data',
  'distribution-client',
  'push-client',
  'secondary-server',
  'primary-server',
  'tunnel',
  'uefi-device',
  'mobile-device',
] as const
export type SessionRole = (typeof SESSION_ROLES)[number]

export const Hello = v.object({
  type: v.literal('hello'),
  protocol: v.literal(1),
  role: v.union(SESSION_ROLES.map(role => v.literal(role))),
  host: Name,
  version: Version,
  nonce: Nonce,
  agentId: v.optional(Guid),
  os: v.optional(Name),
  wokenBy: v.optional(Nonce),
  keep: v.optional(v.boolean()),
  /** An agent in gateway mode says so: gateways do not cascade. */
  gateway: v.optional(v.picklist(['dmz', 'segment'])),
  /** Of a data connection, or of a device's end of a tunnel: the one-time id that the other side gave. */
  invitation: v.optional(Guid),
  /** The console logs in with its hello; TLS has already kept strangers from reading it. */
  login: v.optional(v.object({ user: Name, password: v.pipe(v.string(), v.maxLength(1_024)) })),
})
export type Hello = Omit<v.InferOutput<typeof Hello>, 'role'> & { role: SessionRole }

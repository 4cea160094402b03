import * as v from 'valibot'
import { Guid, Name, Nonce, RequestId } from './fields.ts'

/** Of the Server, which a gateway carries to: Network Agents', mobile devices' without and with a certificate. */
export const CARRIED_PORTS = [13000, 13292, 13293] as const
export type CarriedPort = (typeof CARRIED_PORTS)[number]

/** Gateway to Server on the signal connection: somebody is here for you; dial me with this id. Not answered. */
export const Invite = v.object({
  type: v.literal('invite'),
  invitation: Guid,
  /** On which of the gateway's ports; 13000 where it is not said. */
  port: v.optional(v.picklist(CARRIED_PORTS)),
  /** Where the arriving connection comes from. */
  from: v.object({ address: Name, port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)) }),
})
export type Invite = v.InferOutput<typeof Invite>

/** Server to gateway on the signal connection: this one will not be taken up. Not answered. */
export const Decline = v.object({
  type: v.literal('decline'),
  invitation: Guid,
  reason: v.pipe(v.string(), v.maxLength(1_024)),
})
export type Decline = v.InferOutput<typeof Decline>

/** Server to gateway: an invitation for the Server itself, to try the way of a data connection (arrow 4a). */
export const InvitationRequest = v.object({ type: v.literal('invitation-request'), id: RequestId, nonce: Nonce })
export type InvitationRequest = v.InferOutput<typeof InvitationRequest>

export const Invitation = v.object({ type: v.literal('invitation'), id: RequestId, nonce: Nonce, invitation: Guid })
export type Invitation = v.InferOutput<typeof Invitation>

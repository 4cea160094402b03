import * as v from 'valibot'
import { Name, Nonce, RequestId } from './fields.ts'

/** Lower-case hex. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

export const REPUTATIONS = ['trusted', 'untrusted', 'unknown'] as const
export type Reputation = (typeof REPUTATIONS)[number]

/** What a KSN proxy says of a file, whatever it was asked by. */
export const Reputed = {
  sha256: Sha256,
  reputation: v.picklist(REPUTATIONS),
  /** From memory, or from whom it asked: `forwardedTo`. */
  answeredFrom: v.picklist(['cache', 'ksn']),
  /** The Kaspersky servers, or the Server whose KSN proxy this one uses as KSN. */
  forwardedTo: v.optional(Name),
}

/** Managed device to KSN proxy. */
export const ReputationRequest = v.object({
  type: v.literal('reputation-request'),
  id: RequestId,
  nonce: Nonce,
  sha256: Sha256,
})
export type ReputationRequest = v.InferOutput<typeof ReputationRequest>

export const ReputationAnswer = v.object({ type: v.literal('reputation'), id: RequestId, nonce: Nonce, ...Reputed })
export type ReputationAnswer = v.InferOutput<typeof ReputationAnswer>

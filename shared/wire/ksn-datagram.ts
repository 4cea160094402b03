/** Datagrams of UDP 15111 (docs/protocol.md section 11), in the form of section 4. Nobody authenticates who asks. Pure. */
import * as v from 'valibot'
import { DatagramError, seal, unseal } from './datagram.ts'
import { explain } from './explain.ts'
import { Nonce, Time } from './messages/fields.ts'
import { Reputed, Sha256 } from './messages/reputation.ts'

const Request = v.object({ kind: v.literal('reputation-request'), nonce: Nonce, at: Time, sha256: Sha256 })
const Answer = v.object({ kind: v.literal('reputation'), nonce: Nonce, at: Time, ...Reputed })
const Refusal = v.object({
  kind: v.literal('reputation-refused'),
  nonce: Nonce,
  at: Time,
  code: v.pipe(v.string(), v.maxLength(64)),
  reason: v.pipe(v.string(), v.maxLength(1_024)),
})

const schemas = { 'reputation-request': Request, reputation: Answer, 'reputation-refused': Refusal }
type Kinds = { [Kind in keyof typeof schemas]: v.InferOutput<(typeof schemas)[Kind]> }
export type KsnDatagram = Kinds[keyof Kinds]

const NO_PROOF = new Uint8Array()
export const sealKsn = (datagram: KsnDatagram): Buffer => seal(datagram, () => NO_PROOF)

/** @throws DatagramError that says what is wrong, and which kinds are accepted here */
export function readKsn<Kind extends keyof Kinds>(bytes: Uint8Array, kinds: readonly Kind[]): Kinds[Kind] {
  const { map } = unseal(bytes)
  const kind = kinds.find(known => known === map.kind)
  if (kind === undefined) throw new DatagramError('unknown-kind', `accepted kinds are ${kinds.join(', ')}`)
  const { issues } = v.safeParse(schemas[kind], map, { abortEarly: true })
  if (issues) throw new DatagramError('bad-body', explain(kind, issues))
  return map as Kinds[Kind]
}

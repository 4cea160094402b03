/** What devices send, as far as it is read. Keys beside these are theirs to send. */
import * as v from 'valibot'
import type { PlistObject } from '../../shared/mdm/plist-value.ts'
import { STATUSES } from '../../shared/mdm/protocol.ts'
import { explain } from '../../shared/wire/explain.ts'
import { Bytes } from '../../shared/wire/messages/fields.ts'
import { Refusal } from './refusal.ts'

const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
/** A device's UDID; in user enrolment EnrollmentID takes its place. */
const Sender = { UDID: v.optional(Text), EnrollmentID: v.optional(Text) }

export const CheckIn = v.looseObject({ ...Sender, MessageType: Text })
export const Report = v.looseObject({ ...Sender, Status: v.picklist(STATUSES), CommandUUID: v.optional(Text) })
export const Authenticate = v.looseObject({ Topic: Text })
/** A token is whatever APNs gave out; 1 KiB bounds it (assumed). */
const Token = v.pipe(
  Bytes,
  v.check(({ length }) => length > 0 && length <= 1_024, 'must have 1 to 1024 bytes'),
)
export const TokenUpdate = v.looseObject({
  Topic: Text,
  Token,
  PushMagic: Text,
  UnlockToken: v.optional(Bytes),
  UserID: v.optional(v.string()),
})
export const SetBootstrapToken = v.looseObject({ BootstrapToken: v.optional(Bytes) })
export const DeclarativeManagement = v.looseObject({ Endpoint: Text, Data: v.optional(Bytes) })

/** @throws Refusal 400 that names the key */
export function read<S extends v.GenericSchema>(schema: S, what: string, message: PlistObject): v.InferOutput<S> {
  const { issues, output } = v.safeParse(schema, message, { abortEarly: true })
  if (issues) throw new Refusal(400, 'message', explain(what, issues))
  return output
}

/** @throws Refusal 400 where the message has no sender */
export function senderOf({
  UDID,
  EnrollmentID,
}: {
  UDID?: string | undefined
  EnrollmentID?: string | undefined
}): string {
  const sender = UDID ?? EnrollmentID
  if (sender === undefined) throw new Refusal(400, 'message', 'the message has neither UDID nor EnrollmentID')
  return sender
}

/** All messages of docs/protocol.md section 3. A new message is one file and one line here. */
import * as v from 'valibot'
import { explain } from '../explain.ts'
import type { WireMap } from '../frame.ts'
import { Activate, Activated } from './activate.ts'
import { Enrol, Enrolled } from './enrol.ts'
import { ErrorMessage } from './error.ts'
import { Event, Stored } from './event.ts'
import { AddGroup, GroupAdded, Groups, ListGroups } from './groups.ts'
import { Hello } from './hello.ts'
import { Held, Hold } from './hold.ts'
import { Decline, Invitation, InvitationRequest, Invite } from './invite.ts'
import { Devices, ListDevices } from './list-devices.ts'
import { MoveDevice, Moved } from './move-device.ts'
import { Collected, Joined, Multicast, MulticastOver } from './multicast.ts'
import { ListPackages, Packages } from './packages.ts'
import { GetPiece, Piece } from './piece.ts'
import { Ping, Pong } from './ping.ts'
import { Call, Push } from './push.ts'
import { PushToken } from './push-token.ts'
import { RenameDevice, Renamed } from './rename-device.ts'
import { Noted, ReportDevices } from './report-devices.ts'
import { ReputationAnswer, ReputationRequest } from './reputation.ts'
import { RevokeCertificates, Revoked } from './revoke-certificates.ts'
import { Status, StatusRequest } from './status.ts'
import { Sync, Synced } from './sync.ts'
import { DeviceSynchronised, SynchroniseDevice } from './synchronise-device.ts'
import { Tunnel } from './tunnel.ts'
import { WaitForContact, WakeUpRequest, WakeUpSealed, Woken } from './wake-up.ts'
import { Welcome } from './welcome.ts'

export interface Messages {
  hello: Hello
  welcome: Welcome
  sync: Sync
  synced: Synced
  event: Event
  stored: Stored
  enrol: Enrol
  enrolled: Enrolled
  'push-token': PushToken
  'list-devices': ListDevices
  devices: Devices
  'rename-device': RenameDevice
  renamed: Renamed
  'move-device': MoveDevice
  moved: Moved
  'list-groups': ListGroups
  groups: Groups
  'add-group': AddGroup
  'group-added': GroupAdded
  'synchronise-device': SynchroniseDevice
  'device-synchronised': DeviceSynchronised
  'revoke-certificates': RevokeCertificates
  revoked: Revoked
  'report-devices': ReportDevices
  noted: Noted
  activate: Activate
  activated: Activated
  'reputation-request': ReputationRequest
  reputation: ReputationAnswer
  'status-request': StatusRequest
  status: Status
  invite: Invite
  decline: Decline
  'invitation-request': InvitationRequest
  invitation: Invitation
  'list-packages': ListPackages
  packages: Packages
  'get-piece': GetPiece
  piece: Piece
  multicast: Multicast
  joined: Joined
  'multicast-over': MulticastOver
  collected: Collected
  'wake-up-request': WakeUpRequest
  'wake-up-sealed': WakeUpSealed
  'wait-for-contact': WaitForContact
  woken: Woken
  hold: Hold
  held: Held
  push: Push
  call: Call
  tunnel: Tunnel
  ping: Ping
  pong: Pong
  error: ErrorMessage
}
export type MessageType = keyof Messages
export type Message = Messages[MessageType]
/** A message that is answered: it has an `id`. */
export type Request = Extract<Message, { id: number }>

const schemas = {
  hello: Hello,
  welcome: Welcome,
  sync: Sync,
  synced: Synced,
  event: Event,
  stored: Stored,
  enrol: Enrol,
  enrolled: Enrolled,
  'push-token': PushToken,
  'list-devices': ListDevices,
  devices: Devices,
  'rename-device': RenameDevice,
  renamed: Renamed,
  'move-device': MoveDevice,
  moved: Moved,
  'list-groups': ListGroups,
  groups: Groups,
  'add-group': AddGroup,
  'group-added': GroupAdded,
  'synchronise-device': SynchroniseDevice,
  'device-synchronised': DeviceSynchronised,
  'revoke-certificates': RevokeCertificates,
  revoked: Revoked,
  'report-devices': ReportDevices,
  noted: Noted,
  activate: Activate,
  activated: Activated,
  'reputation-request': ReputationRequest,
  reputation: ReputationAnswer,
  'status-request': StatusRequest,
  status: Status,
  invite: Invite,
  decline: Decline,
  'invitation-request': InvitationRequest,
  invitation: Invitation,
  'list-packages': ListPackages,
  packages: Packages,
  'get-piece': GetPiece,
  piece: Piece,
  multicast: Multicast,
  joined: Joined,
  'multicast-over': MulticastOver,
  collected: Collected,
  'wake-up-request': WakeUpRequest,
  'wake-up-sealed': WakeUpSealed,
  'wait-for-contact': WaitForContact,
  woken: Woken,
  hold: Hold,
  held: Held,
  push: Push,
  call: Call,
  tunnel: Tunnel,
  ping: Ping,
  pong: Pong,
  error: ErrorMessage,
} as const satisfies Record<MessageType, unknown>

export class MessageError extends Error {
  override name = 'MessageError'
  readonly code: 'unknown-message' | 'bad-message'
  constructor(code: MessageError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** A map as a message, or a MessageError that names the key and what would be accepted. */
export function readMessage(map: WireMap): Message {
  const { type } = map
  if (typeof type !== 'string' || !Object.hasOwn(schemas, type))
    throw new MessageError(
      'unknown-message',
      `${typeof type === 'string' ? `no message is called ${JSON.stringify(type.slice(0, 64))}` : 'the map has no string "type"'}; known are ${Object.keys(schemas).join(', ')}`,
    )
  const { issues } = v.safeParse(schemas[type as MessageType], map, { abortEarly: true })
  if (issues) throw new MessageError('bad-message', explain(type, issues))
  return map as Message
}

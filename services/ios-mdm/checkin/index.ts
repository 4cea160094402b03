/** Check-in messages, one file each. An answer without a body is 200 and zero bytes. */
import type { PlistObject } from '../../../shared/mdm/plist-value.ts'
import type { Identity } from '../identify.ts'
import { Refusal } from '../refusal.ts'
import type { MdmServer } from '../server.ts'
import { authenticate } from './authenticate.ts'
import { checkOut } from './check-out.ts'
import { declarativeManagement } from './declarative-management.ts'
import { getBootstrapToken } from './get-bootstrap-token.ts'
import { getToken } from './get-token.ts'
import { setBootstrapToken } from './set-bootstrap-token.ts'
import { tokenUpdate } from './token-update.ts'
import { userAuthenticate } from './user-authenticate.ts'

export interface CheckInMessage {
  udid: string
  message: PlistObject
  identity: Identity
}
export interface CheckInAnswer {
  type: 'application/xml' | 'application/json'
  body: Buffer
}
export type CheckInHandler = (server: MdmServer, message: CheckInMessage) => CheckInAnswer | null

const handlers: Readonly<Record<string, CheckInHandler>> = {
  Authenticate: authenticate,
  TokenUpdate: tokenUpdate,
  CheckOut: checkOut,
  SetBootstrapToken: setBootstrapToken,
  GetBootstrapToken: getBootstrapToken,
  UserAuthenticate: userAuthenticate,
  DeclarativeManagement: declarativeManagement,
  GetToken: getToken,
}

export function checkIn(server: MdmServer, type: string, message: CheckInMessage): CheckInAnswer | null {
  const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined
  if (!handler)
    throw new Refusal(
      400,
      'message',
      `MessageType ${JSON.stringify(type)} is not known; known are ${Object.keys(handlers).join(', ')}`,
    )
  return handler(server, message)
}

/** What the device does when it is told to, one command a file. */

import { isDictionary, type PlistObject } from '../../../shared/mdm/plist-value.ts'
import type { Status } from '../../../shared/mdm/protocol.ts'
import type { IosMemory } from '../memory.ts'
import { deviceInformation } from './device-information.ts'
import { deviceLock } from './device-lock.ts'
import { installProfile } from './install-profile.ts'
import { installedApplicationList } from './installed-application-list.ts'
import { profileList } from './profile-list.ts'

export interface Doing {
  memory: IosMemory
  lock: () => void
}

/** The keys of the report beside UDID, Status and CommandUUID. @throws Error where the device cannot */
export type Command = (command: PlistObject, doing: Doing) => PlistObject | Promise<PlistObject>

const commands: Readonly<Record<string, Command>> = {
  DeviceInformation: deviceInformation,
  InstalledApplicationList: installedApplicationList,
  ProfileList: profileList,
  DeviceLock: deviceLock,
  InstallProfile: installProfile,
}

/** iOS answers these at any time (Apple, "Handling NotNow status responses"). */
const AT_ANY_TIME = new Set(['DeviceInformation', 'ProfileList', 'DeviceLock', 'InstalledApplicationList'])

export interface Outcome {
  status: Status
  report: PlistObject
}

export async function carryOut(message: PlistObject, locked: boolean, doing: Doing): Promise<Outcome> {
  const { CommandUUID, Command } = message
  const uuid = typeof CommandUUID === 'string' ? CommandUUID : ''
  const outcome = (status: Status, more: PlistObject = {}): Outcome => ({
    status,
    report: { UDID: doing.memory.now.udid, Status: status, CommandUUID: uuid, ...more },
  })
  if (uuid === '' || !isDictionary(Command) || typeof Command.RequestType !== 'string')
    return outcome('CommandFormatError')
  const { RequestType } = Command
  const command = Object.hasOwn(commands, RequestType) ? commands[RequestType] : undefined
  if (!command) return outcome('Error', errorChain(12_021, `"${RequestType}" is not a valid request type.`))
  if (locked && !AT_ANY_TIME.has(RequestType)) return outcome('NotNow')
  try {
    return outcome('Acknowledged', await command(Command, doing))
  } catch (error) {
    return outcome('Error', errorChain(12_011, (error as Error).message))
  }
}

/** Codes of MCMDMErrorDomain: 12021 for an unknown request, 12011 for a failed one (assumed). */
const errorChain = (code: number, description: string): PlistObject => ({
  ErrorChain: [
    {
      ErrorCode: code,
      ErrorDomain: 'MCMDMErrorDomain',
      LocalizedDescription: description,
      USEnglishDescription: description,
    },
  ],
})

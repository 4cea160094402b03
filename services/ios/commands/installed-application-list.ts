import type { PlistObject } from '../../../shared/mdm/plist-value.ts'
import type { Command } from './index.ts'

/** A phone with many applications; nginx's default limit for a body is 1 MiB, a web firewall's often 128 KiB. */
const ENOUGH = 256 * 1024
/** What one entry takes as a property list, at least. */
const PER_ENTRY = 250

export const installedApplicationList: Command = () => ({ InstalledApplicationList: applications() })

/** So many that the report has 256 KiB. */
export const applications = (): PlistObject[] =>
  Array.from({ length: Math.ceil(ENOUGH / PER_ENTRY) }, (_, number) => ({
    Identifier: `test.ksc-lab.application-${String(number).padStart(4, '0')}`,
    Name: `Application of the lab, number ${number}`,
    Version: `1.${number}.0`,
    ShortVersion: `1.${number}`,
    BundleSize: 1_048_576 + number,
    DynamicSize: 4_096,
    Installing: false,
    IsValidated: true,
  }))

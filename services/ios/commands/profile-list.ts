import type { Command } from './index.ts'

export const profileList: Command = (_command, { memory }) => {
  const { management, profiles } = memory.now
  return {
    ProfileList: [...(management ? [management.profile] : []), ...profiles].map(identifier => ({
      PayloadIdentifier: identifier,
      PayloadVersion: 1,
      IsManaged: true,
    })),
  }
}

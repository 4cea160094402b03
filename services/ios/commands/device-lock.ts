import type { Command } from './index.ts'

/** While it is locked the device answers NotNow to what needs its user. */
export const deviceLock: Command = (_command, { lock }) => {
  lock()
  return { MessageResult: 'Success' }
}

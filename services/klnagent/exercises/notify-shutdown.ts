import type { Exercise } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'
import type { Schedule } from '../schedule.ts'
import { sendShutdownNotice } from '../shutdown-notice.ts'

/** Arrow 3: the real notice, so the device is off for the Server until the contact that follows. */
export const notifyShutdown =
  (agent: Agent, schedule: Schedule): Exercise =>
  async (host, { nonce }) => {
    await sendShutdownNotice(agent, nonce, host)
    schedule.now()
  }

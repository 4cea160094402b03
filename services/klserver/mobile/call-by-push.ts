import type { Logger } from 'pino'
import type { PushNeeded } from '../administration.ts'
import type { Device } from '../store/index.ts'

/** Whatever becomes of the push: a device that is not called comes at its interval. */
export const callByPush =
  (log: Logger, send?: PushNeeded) =>
  (device: Device): void => {
    const { name, push } = device
    if (push === null) return
    if (!send) {
      log.info({ device: name, kind: push.kind }, 'no push service is set up; the device comes at its interval')
      return
    }
    send(device).catch(({ message: reason }: Error) =>
      log.warn({ device: name, kind: push.kind, reason }, 'the device could not be called by push'),
    )
  }

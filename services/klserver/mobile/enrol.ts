import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { PhoneContext } from './mobile-port.ts'

/**
 * A certificate for the device's user, or the next one. Whom a device without one may name is not documented: the lab takes its
 * word (assumed), and holds to it from then on.
 */
export const enrol: Handler<PhoneContext, 'enrol'> = async (context, { id, nonce, user, request }) => {
  const { administration, agentId } = context
  mayAsk(context, user)
  const { issue } = await import('./issue.ts')
  const authority = administration.credentials.identity('mobile-ca')
  return { type: 'enrolled', id, nonce, ...(await issue(authority, { user, device: agentId }, request)) }
}

function mayAsk({ device }: PhoneContext, user: string): void {
  if (device.revokedAt !== null)
    throw new NetError(
      'enrolment-refused',
      `the certificates of this device were revoked on ${new Date(device.revokedAt).toISOString()}: it is given no other; reset it to enrol anew`,
    )
  if (device.user !== null && device.user !== user)
    throw new NetError('enrolment-refused', `this device is ${device.user}'s, and asks for a certificate of ${user}`)
}

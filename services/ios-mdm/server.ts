/** What the routes and the check-in messages share. */
import type { Logger } from 'pino'
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { Credentials } from '../../shared/service.ts'
import type { Device, Devices } from './devices.ts'
import type { EnrolmentCodes } from './enrolment/codes.ts'
import type { Identifying } from './identify.ts'

export interface MdmServer {
  devices: Devices
  codes: EnrolmentCodes
  identifying: Identifying
  administrator: Credentials['administrator']
  /** PEM of the authority that issued the server's own certificate. */
  root: string
  /** Presented on 443; signs the profile. */
  own: () => ServerIdentity
  /** Issues the devices' certificates. */
  deviceAuthority: () => ServerIdentity
  /** Its name and port, where a request names no other one that the certificate holds. */
  authorityName: string
  /** UID in the subject of the push certificate. */
  topic: string
  push: (device: Device) => void
  log: Logger
}

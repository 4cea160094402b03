import type { Exercise } from '../../shared/service.ts'
import { applications } from './commands/installed-application-list.ts'
import type { IosDevice } from './device.ts'
import { Unmanaged } from './mdm-connection.ts'

/**
 * Arrow 17: under management if need be, an Idle poll with all that comes of it, then a report of 256 KiB by PUT with the nonce,
 * with client certificate and Mdm-Signature. The server checks the signature over every byte that came.
 */
export const comeToTheServer =
  (device: IosDevice): Exercise =>
  (host, { to, servername, timeout, signal, nonce }) =>
    device.exclusively(async () => {
      const way = { host, to, servername, timeout, signal }
      if (!device.enrolled) await device.enrol(way)
      try {
        await device.session(way)
      } catch (error) {
        // A server that was set up anew does not know the device: it is enrolled again, once.
        if (!(error instanceof Unmanaged)) throw error
        await device.enrol(way)
        await device.session(way)
      }
      const report = { Status: 'Acknowledged', CommandUUID: nonce, InstalledApplicationList: applications() }
      await device.deliver(way, report, nonce)
    })

import type { Connection } from '../../../shared/net/host.ts'
import type { CarriedPort } from '../../../shared/wire/messages/invite.ts'

/** How a gateway gets a connection to the Server for somebody who has arrived. */
export interface Way {
  /** Rejects with a NetError that says why there is none: `server-away`, or what dialling met. */
  open(arrived: Connection, port: CarriedPort): Promise<Connection>
}

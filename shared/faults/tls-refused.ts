import { ALERTS, type Fault } from './fault.ts'
import { answerFirstBytes } from './first-bytes.ts'
import { RECORD } from './records.ts'

const FATAL = 2

/** A proxy that shares no cipher suite or version with the client, or has no certificate for the name it asks for. */
export const tlsRefused: Fault = {
  seen: {
    initiator: 'A fatal TLS alert in answer to its ClientHello, then FIN.',
    responder: 'Nothing.',
  },
  tcp: ({ fault, alert = 'handshake_failure' }) => {
    const code = ALERTS[alert]
    if (code === undefined)
      throw new Error(`The fault "${fault}" knows no alert "${alert}". Alerts: ${Object.keys(ALERTS).join(', ')}.`)
    const record = Buffer.from([RECORD.alert, 3, 3, 0, 2, FATAL, code])
    return client => answerFirstBytes(client, record)
  },
}

import type { Fault } from './fault.ts'
import { answerFirstBytes } from './first-bytes.ts'

const BODY = 'This port speaks plain HTTP.\n'
const ANSWER = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: text/plain',
  `Content-Length: ${BODY.length}`,
  'Connection: close',
  '',
  BODY,
].join('\r\n')

/** A web server's port without TLS: `listen 13000` where `listen 13000 ssl` was meant. */
export const notTls: Fault = {
  seen: {
    initiator: 'A plain HTTP 400 in answer to its ClientHello, then FIN.',
    responder: 'Nothing.',
  },
  tcp: () => client => answerFirstBytes(client, ANSWER),
}

/** node:tls and nothing else, with the gateway's certificate, asking for the Server's: a bare handshake of both. */
import { once } from 'node:events'
import { createServer } from 'node:tls'
import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { HERE, portOf } from '../harness/listening.ts'
import { play } from '../harness/role.ts'

const { credentials } = await openLabState(process.argv[2] ?? '', loadTopology('gateway'))
const options = { ...credentials.identity('gateway'), requestCert: true, rejectUnauthorized: false, noDelay: true }
const server = createServer(options, socket => void socket.on('error', () => {}).resume())
await once(server.listen({ port: 0, host: HERE, backlog: 4_096 }), 'listening')
play(() => portOf(server))

// HEALTHCHECK: the container's own management answers within 2 s. A stopped or hung one does not.
//   healthy.js [SOCKET]   by a Unix socket, where rules of a firewall might stand in the way of an address
import { get } from 'node:http'

const [, , socketPath] = process.argv
const at = socketPath ? { socketPath, path: '/health' } : { host: '127.0.0.1', port: 9990, path: '/health' }
const request = get({ ...at, signal: AbortSignal.timeout(2_000) }, answer =>
  process.exit(answer.statusCode === 200 ? 0 : 1),
)
request.on('error', () => process.exit(1))

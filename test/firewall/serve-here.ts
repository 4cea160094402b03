/** The firewall's management in this network namespace, on a socket: serve-here.ts SOCKET TOKEN LEASE */
import { serveFirewall } from '../../lab/firewall/serve.ts'

const [, , socket = '', token = '', lease = ''] = process.argv
const served = await serveFirewall([{ socket }], () => token, { cut: Number(lease), trace: Number(lease) })
process.stdout.write('ready\n')
process.on('SIGTERM', () => void served.close())

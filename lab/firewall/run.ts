import { networkInterfaces } from 'node:os'
import { managementToken } from '../management.ts'
import { MANAGEMENT } from '../rules/ruleset.ts'
import { MANAGEMENT_PORT } from '../run-host.ts'
import { type FirewallManagement, serveFirewall } from './serve.ts'

/** Its name on the management network is that of a host called so. */
export const FIREWALL = 'firewall'
/** For its own health check: rules of the user's may stop what comes by an address, even from the machine itself. */
const SOCKET = '/tmp/ksc-lab-firewall.sock'

/** Beside rules that are loaded already (containers/firewall.sh). */
export async function runFirewall(state: string): Promise<FirewallManagement & { notices: string[] }> {
  const prefix = MANAGEMENT.network.replace('0/24', '')
  // Not by its name: the user's rules may stop name lookups.
  const own = Object.values(networkInterfaces())
    .flat()
    .find(found => found?.address.startsWith(prefix))?.address
  const places = [{ socket: SOCKET }, ...(own === undefined ? [] : [{ address: own, port: MANAGEMENT_PORT }])]
  const notices = own === undefined ? [`no address in ${MANAGEMENT.network}: verify cannot ask which rule decided`] : []
  return { notices, ...(await serveFirewall(places, () => managementToken(state))) }
}

import { styleText } from 'node:util'
import { describeHosts } from '../lab/describe.ts'
import type { Lab } from '../lab/start-lab.ts'
import { hostLines } from './host-lines.ts'

/** What `up` tells a person: who listens where, where to look, how to log in, what next. */
export function banner(lab: Lab, color: boolean): string {
  const bold = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text)
  const hosts = describeHosts(lab.topology, 'in-process')
  for (const [name, host] of Object.entries(hosts))
    for (const listener of host.listeners) {
      const at = lab.endpoint(name, listener.documented, listener.transport)
      host.address = at.address
      listener.port = at.port
    }
  const { user, password } = lab.state.credentials.administrator
  const consoleHost = lab.topology.hosts.find(({ runs }) => runs.includes('web-console'))
  const at = consoleHost ? lab.endpoint(consoleHost.name, 8080) : null
  return [
    `${bold(lab.topology.title)} (${lab.topology.name}) is up: ${Object.keys(hosts).length} hosts, TLS unless marked`,
    '',
    ...hostLines(hosts),
    '',
    ...(at
      ? [
          `  Web Console  ${bold(`https://${at.address}:${at.port}/`)}   user ${bold(user)}   password ${bold(password)}`,
        ]
      : []),
    `  State        ${lab.state.dir}   (its authority is made for this lab alone: trust it nowhere else)`,
    '',
    `  Next         ksc-lab verify ${lab.topology.name}   in another terminal, or npx ksc-lab from this folder`,
    '  Ctrl-C stops the lab.',
    '',
  ].join('\n')
}

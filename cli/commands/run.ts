import { Command } from 'commander'
import { runFirewall } from '../../lab/firewall/run.ts'
import { type HostRun, runHost } from '../../lab/run-host.ts'
import { checkVersion } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { logger, stateFolder, stateOption, topologyOption, versionOption } from '../options.ts'
import { untilSignal } from '../signals.ts'

interface RunOptions {
  topology: string
  state: string
  kscVersion: string
  agent?: true
  firewall?: true
}

export const command = new Command('run')
  .description('run one host of a lab, as a container does')
  .argument('[host]', 'name of the host')
  .addOption(topologyOption())
  .option('--agent', 'instead of a host: one more Network Agent, named and addressed as this container is')
  .option('--firewall', 'instead of a host: the management of the firewall between the zones, beside its loaded rules')
  .addOption(stateOption())
  .addOption(versionOption())
  .action(async (name: string | undefined, { topology, state, kscVersion, agent, firewall }: RunOptions) => {
    if ([name !== undefined, agent, firewall].filter(Boolean).length !== 1)
      throw new ConfigError('run: give either the name of a host, or --agent, or --firewall')
    const stopped = untilSignal()
    if (firewall) {
      const running = await runFirewall(stateFolder(state))
      for (const notice of running.notices) process.stderr.write(`ksc-lab: ${notice}\n`)
      process.stdout.write('firewall is up\n')
      await stopped
      await running.close()
      return
    }
    const host = await runHost({
      topology: loadTopology(topology),
      name: name ?? null,
      state: stateFolder(state),
      kscVersion: checkVersion(kscVersion),
      log: logger(),
      notice: line => process.stderr.write(`ksc-lab: ${line}\n`),
    })
    for (const notice of host.notices) process.stderr.write(`ksc-lab: ${notice}\n`)
    process.stdout.write(`${greeting(host)}\n`)
    await stopped
    await host.stop()
  })

function greeting({ name, runs, state }: HostRun): string {
  if (!runs.includes('web-console')) return `${name} is up`
  const { user, password } = state.credentials.administrator
  return `${name} is up: https://127.0.0.1:8080/   user ${user}   password ${password}`
}

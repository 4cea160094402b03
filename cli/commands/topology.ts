import { Command, Option } from 'commander'
import { describeHosts } from '../../lab/describe.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { withDatabase } from '../../shared/config/database-of.ts'
import { withProxyProtocol } from '../../shared/config/proxy-protocol.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Mode } from '../../shared/config/zones.ts'
import { hostLines } from '../host-lines.ts'
import { jsonOption } from '../options.ts'

export const command = new Command('topology')
  .description('show the hosts of a topology and where they listen; nothing is started')
  .argument('<topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(new Option('--mode <mode>', 'whose addresses').choices(['in-process', 'compose']).default('in-process'))
  .addOption(jsonOption())
  .action((name: string, { mode, json }: { mode: Mode; json?: true }) => {
    const settings = readSettings(process.env)
    const topology = withDatabase(withProxyProtocol(loadTopology(name), settings), settings)
    const hosts = describeHosts(topology, mode)
    process.stdout.write(
      json
        ? `${JSON.stringify({ topology: topology.name, title: topology.title, hosts }, null, 2)}\n`
        : `${topology.title}\n\n${hostLines(hosts).join('\n')}\n`,
    )
  })

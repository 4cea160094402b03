import { Command, Option } from 'commander'
import { plan } from '../../lab/plan.ts'
import { mutations, mutationTable } from '../../lab/rules/dependents.ts'
import { RULE_FORMATS, type RuleFormat, ruleFormats } from '../../lab/rules/index.ts'
import { ruleSet } from '../../lab/rules/ruleset.ts'
import { checkVersion } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { jsonOption, versionOption } from '../options.ts'

interface RulesOptions {
  topology: string
  kscVersion: string
  format: RuleFormat
  host?: string
  mutate?: true
  json?: true
}

export const command = new Command('rules')
  .description('print the firewall rules that a topology needs between its zones, or on one host')
  .requiredOption('--topology <topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(versionOption())
  .addOption(new Option('--format <format>', 'whose rules').choices(RULE_FORMATS).default('nftables'))
  .option('--host <host>', "the rules of this host's own firewall instead")
  .option('--mutate', 'print instead, for each rule, the rows of the matrix that fail without it')
  .addOption(jsonOption())
  .action(({ topology: name, kscVersion, format, host, mutate, json }: RulesOptions) => {
    if (json && !mutate) throw new ConfigError('--json: only what --mutate prints is there as JSON; give both')
    if (mutate && host !== undefined)
      throw new ConfigError('--mutate: it is about the firewall between the zones; leave out --host')
    const topology = loadTopology(name)
    const instances = plan(topology, checkVersion(kscVersion))
    if (!mutate) {
      process.stdout.write(ruleFormats[format](ruleSet(topology, instances, host)))
      return
    }
    const list = mutations(topology, instances)
    process.stdout.write(json ? `${JSON.stringify(list, null, 2)}\n` : mutationTable(topology, list))
  })

import { Command, Option } from 'commander'
import { plan } from '../../lab/plan.ts'
import { mutations, mutationTable } from '../../lab/rules/dependents.ts'
import { RULE_FORMATS, type RuleFormat, ruleFormats } from '../../lab/rules/index.ts'
import { ruleSet } from '../../lab/rules/ruleset.ts'
import { checkVersion } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { withDatabase } from '../../shared/config/database-of.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Topology } from '../../shared/config/topology.ts'
import { jsonOption, stateFolder, stateOption, versionOption } from '../options.ts'

interface RulesOptions {
  topology: string
  kscVersion: string
  format: RuleFormat
  mode: 'in-process' | 'compose'
  state: string
  host?: string
  mutate?: true
  dryRun?: true
  json?: true
}

export const command = new Command('rules')
  .description('print the firewall rules that a topology needs between its zones, or on one host')
  .requiredOption('--topology <topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(versionOption())
  .addOption(new Option('--format <format>', 'whose rules').choices(RULE_FORMATS).default('nftables'))
  .option('--host <host>', "the rules of this host's own firewall instead")
  .option(
    '--mutate',
    'in containers: verify without each rule of the firewall, one at a time, against what is foretold',
  )
  .option('--dry-run', 'with --mutate: print what is foretold, the rows of the matrix that fail without each rule')
  .addOption(
    new Option('--mode <mode>', 'compose: the firewall of the running containers is at hand')
      .choices(['in-process', 'compose'])
      .default('in-process'),
  )
  .addOption(stateOption())
  .addOption(jsonOption())
  .action(async (options: RulesOptions) => {
    const { topology: name, kscVersion, format, host, mutate, json } = options
    check(options)
    const topology = withDatabase(loadTopology(name), readSettings(process.env))
    const version = checkVersion(kscVersion)
    const instances = plan(topology, version)
    if (!mutate) process.stdout.write(ruleFormats[format](ruleSet(topology, instances, host)))
    else if (options.dryRun) {
      const list = mutations(topology, instances)
      process.stdout.write(json ? `${JSON.stringify(list, null, 2)}\n` : mutationTable(topology, list))
    } else {
      inContainers(options, topology)
      // What talks to the containers is loaded only for this.
      const { runMutations } = await import('../run-mutations.ts')
      process.exitCode = await runMutations({
        topology,
        version,
        state: stateFolder(options.state),
        json: json === true,
      })
    }
  })

function check({ mutate, dryRun, json, host }: RulesOptions): void {
  if (json && !mutate) throw new ConfigError('--json: only what --mutate prints is there as JSON; give both')
  if (dryRun && !mutate) throw new ConfigError('--dry-run: it is about --mutate; give both')
  if (mutate && host !== undefined)
    throw new ConfigError('--mutate: it is about the firewall between the zones; leave out --host')
}

function inContainers({ mode }: RulesOptions, { name }: Topology): void {
  if (mode !== 'compose')
    throw new ConfigError(
      `--mutate: it takes rules out of the firewall of running containers: COMPOSE_PROFILES=${name} docker compose run --rm rules --mutate; with --dry-run it only prints what is foretold`,
    )
}

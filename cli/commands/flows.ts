import { Command, Option } from 'commander'
import { flowsTable } from '../../lab/flows-view.ts'
import { checkVersion } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { flow, flowsFor } from '../../shared/catalogue/index.ts'
import { KSC_VERSIONS } from '../../shared/catalogue/types.ts'
import { jsonOption } from '../options.ts'

export const command = new Command('flows')
  .description('list the documented arrows: who opens a connection to whom, on which port')
  .option('--topology <topology>', 'only what this topology exercises')
  .addOption(new Option('--ksc-version <version>', 'only what is documented for this version').choices(KSC_VERSIONS))
  .addOption(
    new Option('--format <format>', 'how to print them').choices(['pretty', 'markdown', 'json']).default('pretty'),
  )
  .addOption(jsonOption())
  .action(
    ({
      topology,
      kscVersion,
      format,
      json,
    }: {
      topology?: string
      kscVersion?: string
      format: 'pretty' | 'markdown' | 'json'
      json?: true
    }) => {
      const version = kscVersion === undefined ? undefined : checkVersion(kscVersion)
      const arrows = topology === undefined ? null : loadTopology(topology).arrows.map(id => flow(id))
      const listed = flowsFor(version === undefined ? {} : { version }).filter(
        known => !arrows || arrows.includes(known),
      )
      process.stdout.write(flowsTable(listed, json ? 'json' : format))
    },
  )

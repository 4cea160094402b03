import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { DIAGRAM_FORMATS, type DiagramFormat, diagramFormats } from '../../lab/diagram/index.ts'
import { diagramOf } from '../../lab/diagram/model.ts'
import { readReport } from '../../lab/diagram/read-report.ts'
import { plan } from '../../lab/plan.ts'
import { checkVersion } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { withDatabase } from '../../shared/config/database-of.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { versionOption } from '../options.ts'

interface DiagramOptions {
  topology: string
  format: DiagramFormat
  report?: string
  kscVersion: string
}

export const command = new Command('diagram')
  .description('draw a topology: its zones, its hosts, and who opens a connection to whom')
  .requiredOption('--topology <topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(new Option('--format <format>', 'how to draw it').choices(DIAGRAM_FORMATS).default('svg'))
  .option('--report <file>', 'colour the arrows by this report of `verify --format json`')
  .addOption(versionOption())
  .action(async ({ topology: name, format, report: file, kscVersion }: DiagramOptions) => {
    const topology = withDatabase(loadTopology(name), readSettings(process.env))
    const asked = checkVersion(kscVersion)
    const report = file === undefined ? null : readReport(read(file), file, topology.name)
    const chosen = command.getOptionValueSource('kscVersion') !== 'default'
    if (report && chosen && report.version !== asked)
      throw new ConfigError(`${file}: a report of KSC ${report.version}, not of ${asked}`)
    const version = report?.version ?? asked
    const diagram = diagramOf(topology, version, plan(topology, version), report?.verdicts ?? null)
    process.stdout.write(await diagramFormats[format](diagram))
  })

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); a report is expected`)
  }
}

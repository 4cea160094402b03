import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { FORMATS, type Format, formats } from '../../lab/formats/index.ts'
import { containers } from '../../lab/in-containers.ts'
import { managementToken, remoteStage } from '../../lab/management.ts'
import { plan } from '../../lab/plan.ts'
import { probes } from '../../lab/probes.ts'
import type { Report } from '../../lab/report.ts'
import { findRunningLab } from '../../lab/running-lab.ts'
import { checkVersion, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { verify } from '../../lab/verify.ts'
import { flow } from '../../shared/catalogue/index.ts'
import { withDatabase } from '../../shared/config/database-of.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Topology } from '../../shared/config/topology.ts'
import {
  jsonOption,
  list,
  logger,
  portsOption,
  positive,
  type Route,
  route,
  span,
  stateFolder,
  stateOption,
  versionOption,
} from '../options.ts'
import { type Progress, progress } from '../progress.ts'

interface VerifyOptions {
  state: string
  kscVersion: string
  ports: 'documented' | 'ephemeral'
  mode: 'in-process' | 'compose'
  flow?: string[]
  external?: string[]
  route?: Route
  probes: boolean
  timeout: number
  idle?: number
  format?: Format
  json?: true
  out?: string
}

export const command = new Command('verify')
  .description('exercise every arrow of a topology and draw a verdict from both ends')
  .argument('<topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(stateOption())
  .addOption(versionOption())
  .addOption(portsOption())
  .addOption(
    new Option('--mode <mode>', 'compose: ask the hosts of the running containers')
      .choices(['in-process', 'compose'])
      .default('in-process'),
  )
  .option('--flow <id,...>', 'only these arrows', list)
  .option('--external <host,...>', 'do not start these hosts: your own stand there', list)
  .option('--route <host:port=address:port>', 'send what goes there to your own box instead; may be repeated', route)
  .option('--no-probes', 'in containers: do not try what the firewall must block')
  .option('--timeout <seconds>', 'how long each step may take', positive, 3)
  .option(
    '--idle <seconds>',
    'then hold the long-lived connections so long without a byte, and say what cuts them',
    span,
  )
  .addOption(new Option('--format <format>', 'how to print the report').choices(FORMATS))
  .addOption(jsonOption())
  .option('--out <file>', 'write the report there as well as the summary to the terminal')
  .action(async (name: string, options: VerifyOptions) => {
    const { format = options.json ? 'json' : 'pretty', out, flow: flows } = options
    for (const id of flows ?? []) checkFlow(id)
    const shown = progress(process.stderr)
    const report = await reportOn(name, options, shown).finally(() => shown.clear())
    const text = formats[format](report, look(process.stdout))
    if (out === undefined) process.stdout.write(text)
    else {
      writeFileSync(out, format === 'pretty' ? formats.pretty(report, { color: false, width: 120 }) : text)
      process.stderr.write(formats.pretty(report, look(process.stderr)))
    }
    process.exitCode = report.summary.unexpected === 0 ? 0 : 1
  })

async function reportOn(name: string, options: VerifyOptions, shown: Progress): Promise<Report> {
  const { state, kscVersion, ports, mode, flow: flows, external, route, timeout, idle } = options
  const folder = stateFolder(state)
  const version = checkVersion(kscVersion)
  const topology = withDatabase(loadTopology(name), readSettings(process.env))
  checkRoute(route, topology)
  const how = {
    topology,
    ...(route ? { route } : {}),
    ...(external ? { external } : {}),
    instances: plan(topology, version, flows),
    kscVersion: version,
    timeout: timeout * 1_000,
    ...(idle === undefined ? {} : { idle: Math.round(idle * 1_000), onIdle: shown.idle }),
    onResult: shown.result,
  }
  if (mode === 'compose') {
    const { stage, firewall } = await containers(topology, folder, external)
    // Only here does a firewall stand between the zones. A run of some arrows is about those.
    const blocked = options.probes && !flows ? probes(topology, version, how.instances, external) : []
    const instances = [...how.instances, ...blocked]
    return verify({ ...how, instances, stage, firewall, mode, seed: randomInt(2 ** 31) })
  }
  const running = external ? null : findRunningLab(folder)
  if (running && running.topology === topology.name) {
    process.stderr.write(`using the lab that runs as process ${running.pid}\n`)
    const { address, port } = running.management
    const stage = remoteStage(() => `http://${address}:${port}`, managementToken(folder))
    return verify({ ...how, external: running.external, stage, mode, seed: running.seed })
  }
  await using lab = await startLab(topology, {
    state: folder,
    ports,
    kscVersion: version,
    log: logger(),
    onNotice: line => process.stderr.write(`ksc-lab: ${line}\n`),
    ...(external ? { external } : {}),
  })
  for (const notice of lab.state.notices) process.stderr.write(`ksc-lab: ${notice}\n`)
  // Awaited here: the lab is stopped when this function returns.
  return await verify({ ...how, stage: lab.stage, mode, seed: lab.seed })
}

function checkRoute(route: Route = {}, { hosts }: Topology): void {
  const names = hosts.map(({ name }) => name)
  const unknown = Object.keys(route).find(from => !names.includes(from.split(':')[0] ?? ''))
  if (unknown !== undefined)
    throw new ConfigError(`--route ${unknown}: the topology has no such host; its hosts are ${names.join(', ')}`)
}

function checkFlow(id: string): void {
  try {
    flow(id)
  } catch (error) {
    throw new ConfigError(`--flow: ${(error as Error).message}`)
  }
}

const look = (stream: NodeJS.WriteStream) => ({
  color: stream.isTTY === true && stream.hasColors(),
  width: Math.max(80, Math.min(stream.columns ?? 120, 160)),
})

import { processes } from '../../shared/catalogue/index.ts'
import { ConfigError } from '../../shared/config/error.ts'
import { listeningOf } from '../../shared/config/published.ts'
import type { Topology } from '../../shared/config/topology.ts'
import { commentOf, flowsOf, headOf, type Rule, type RuleSet } from './ruleset.ts'

/** Lines of PowerShell for the Windows Firewall of one host: one rule a port, for everybody who connects to it. */
export function windows(set: RuleSet): string {
  if (set.at === 'firewall')
    throw new ConfigError(
      `--format windows: Windows Firewall stands on a host; say which with --host ${set.topology.hosts.map(({ name }) => name).join(' | ')}`,
    )
  const head = [
    ...headOf(set, 'windows'),
    'Run it as an administrator. Running it again replaces the rules of the group ksc-lab.',
    'Windows Firewall blocks inbound connections that no rule allows: see Get-NetFirewallProfile.',
  ]
  const ports = [...Map.groupBy(set.accepts, ({ port, transport }) => `${port}/${transport}`).values()]
  return `${[
    ...head.map(line => `# ${line}`),
    '',
    "Remove-NetFirewallRule -Group 'ksc-lab' -ErrorAction SilentlyContinue",
    ...ports.flatMap(rules => allow(set.topology, rules)),
    '',
    '# What it opens, where outbound connections are not allowed by default:',
    ...set.opens.map(rule => `#   ${rule.target} ${rule.port}/${rule.transport}  ${commentOf(rule)}`),
    ...(set.opens.length > 0 ? [] : ['#   nothing']),
  ].join('\n')}\n`
}

function allow(topology: Topology, rules: readonly Rule[]): string[] {
  const [rule] = rules
  if (!rule) return []
  const { transport, port } = rule
  const flows = flowsOf({ instances: rules.flatMap(({ instances }) => instances) }).map(({ id }) => id)
  const name = `ksc-lab ${flows.join(' ')}: ${rules.map(({ from }) => from.name).join(', ')} -> ${rule.to.name} ${port}/${transport}`
  return [
    '',
    `# -Program: ${programOf(topology, rule)}`,
    `New-NetFirewallRule -Group 'ksc-lab' -DisplayName '${name}' -Direction Inbound -Action Allow -Protocol ${transport.toUpperCase()} -LocalPort ${port} -RemoteAddress ${rules.map(({ source }) => source).join(',')}`,
  ]
}

/** Where it is installed is the administrator's to know; what answers is documented. */
function programOf(topology: Topology, { to, documented, transport, instances }: Rule): string {
  const programs = listeningOf(topology, to)
  // A member of a group has no port of its own there.
  const answering =
    programs.find(({ ports }) => ports.some(one => one.port === documented && one.transport === transport)) ??
    programs.find(({ process }) => instances.some(({ flow }) => flow.process.includes(process)))
  if (!answering) return 'not known'
  const service = processes[answering.process]?.windowsService
  return `the path of ${answering.process} (${answering.title}${service === undefined ? '' : `, service ${service}`})`
}

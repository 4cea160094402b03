import { commandOf, flowsOf, type Rule, type RuleSet } from './ruleset.ts'

/** A table for a change request: what somebody else has to decide on, with the reason in the vendor's terms. */
export function markdown(set: RuleSet): string {
  const { topology } = set
  const whose = set.at === 'host' ? `Firewall of ${set.host.name}` : 'Firewall between the zones'
  const parts =
    set.at === 'firewall'
      ? [table(set.passing)]
      : [`## It accepts\n\n${table(set.accepts)}`, `## It opens\n\n${table(set.opens)}`]
  return `${[
    `# ${whose}: ${topology.title}`,
    `Written by \`${commandOf(set, 'markdown')}\`. "From" opens the connection; answers pass with it, and everything else is dropped.`,
    ...parts,
  ].join('\n\n')}\n`
}

const table = (rules: readonly Rule[]): string =>
  rules.length === 0
    ? 'Nothing.'
    : [
        '| from | to | address | port/protocol | TLS | flows | why |',
        '|---|---|---|---|---|---|---|',
        ...rules.map(row),
      ].join('\n')

function row(rule: Rule): string {
  const { from, to, source, target, port, transport, tls } = rule
  const flows = flowsOf(rule)
  const cells = [
    `${from.name} (${from.zone})`,
    `${to.name} (${to.zone})`,
    `${source} -> ${target}`,
    `${port}/${transport}`,
    tls ? 'yes' : 'no',
    flows.map(({ id }) => id).join(', '),
    flows.map(({ title, purpose }) => `${title}: ${purpose}`).join('<br>'),
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** The catalogue for people: a table for the terminal, docs/flows.md, and the data itself. Pure. */
import { processes, schemas } from '../shared/catalogue/index.ts'
import { type Flow, KSC_VERSIONS } from '../shared/catalogue/types.ts'

export type FlowsFormat = 'pretty' | 'markdown' | 'json'

export function flowsTable(flows: readonly Flow[], format: FlowsFormat): string {
  switch (format) {
    case 'pretty':
      return pretty(flows)
    case 'markdown':
      return markdown(flows)
    case 'json':
      return `${JSON.stringify(flows, null, 2)}\n`
  }
}

const HEAD = ['arrow', 'from -> to', 'port', 'TLS', 'process', 'versions', 'fidelity']
/** Columns of an ordinary terminal that a table may fill. */
const WIDTH = 100

function pretty(flows: readonly Flow[]): string {
  const rows = flows.map(flow => [
    flow.id,
    route(flow),
    ports(flow),
    tls(flow),
    flow.process.join(', '),
    versions(flow),
    flow.fidelity,
  ])
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  if (line(HEAD.map((_, column) => '-'.repeat(widths[column] ?? 0))).length <= WIDTH)
    return `${[HEAD, ...rows].map(line).join('\n')}\n`
  // Two lines a flow: who, and below it how.
  const wide = Math.max(...flows.map(({ id }) => id.length))
  const entry = (flow: Flow) => {
    const how = [ports(flow), `TLS ${tls(flow)}`, flow.process.join(', '), versions(flow), flow.fidelity].filter(
      part => part !== '',
    )
    return `${flow.id.padEnd(wide)}  ${route(flow)}: ${flow.title}\n${' '.repeat(wide)}  ${how.join(' \u00b7 ')}`
  }
  return `${flows.map(entry).join('\n')}\n`
}

const route = ({ initiator, responder }: Flow) => `${initiator.join('|')} -> ${responder.join('|')}`

function ports({ ports, transport, range, fallback }: Flow): string {
  if (ports.length === 0) return transport === 'local' ? 'no port' : 'port not printed'
  const wire = transport === 'https' ? 'tcp' : transport
  const others = fallback ? `, else ${fallback.map(({ port }) => port).join(', ')}` : ''
  return `${ports.map(({ port }) => port).join(range ? '-' : ', ')}/${wire}${others}`
}

function tls({ ports }: Flow): string {
  const kinds = [...new Set(ports.map(port => port.tls))]
  return kinds.length === 1
    ? String(kinds[0])
    : ports.map(({ port, tls: kind }) => `${port} ${kind}`).join(', ') || 'n/a'
}

const versions = ({ versions: documented }: Flow): string =>
  KSC_VERSIONS.every(version => documented.includes(version))
    ? 'all versions'
    : documented.join(' ') || 'version not stated'

function markdown(flows: readonly Flow[]): string {
  const summary = flows.map(
    flow =>
      `| [${flow.id}](#${anchor(flow)}) | ${flow.initiator.join(', ')} | ${flow.responder.join(', ')} | ${ports(flow)} | ${tls(flow)} | ${flow.process.join(', ')} | ${versions(flow)} | ${flow.fidelity} |`,
  )
  const table = [
    '| arrow | from | to | port | TLS | process | versions | fidelity |',
    '|---|---|---|---|---|---|---|---|',
    ...summary,
  ]
  return `${[...table, ...flows.map(section)].join('\n')}\n`
}

/** As GitHub makes them of headings. */
const anchor = (flow: Flow) =>
  heading(flow)
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
const heading = ({ id, title }: Flow) => `${id} ${title}`

function section(flow: Flow): string {
  const { purpose, pinned, notes, misprints = [], source } = flow
  const printed = flow.schemas
    .map(id => schemas.find(schema => schema.id === id))
    .filter(schema => schema !== undefined)
  const lines = [
    '',
    `## ${heading(flow)}`,
    '',
    `${purpose}.`,
    '',
    `- ${flow.initiator.join(' or ')} connects to ${flow.responder.join(' or ')}, ${ports(flow)}; TLS ${tls(flow)}; certificate pinned: ${pinned}.`,
    ...(answering(flow) === '' ? [] : [`- Answered by ${answering(flow)}.`]),
    `- Documented for: ${versions(flow)}. Fidelity: ${flow.fidelity}.`,
    ...(printed.length > 0
      ? [`- Printed in: ${printed.map(({ id, topic }) => `${id} (topic ${topic})`).join(', ')}.`]
      : []),
    ...(notes === undefined ? [] : [`- ${notes}`]),
    ...misprints.map(({ where, printed: wrong, fact }) => `- **Misprint** in ${where}: \u201c${wrong}\u201d. ${fact}.`),
    ...(source.length > 0
      ? [`- Source: ${source.map(link).join(', ')}.`]
      : ['- Source: none found; check topic 158830 of your version.']),
  ]
  return lines.join('\n')
}

const answering = ({ process }: Flow): string =>
  process
    .flatMap(name => {
      const known = processes[name]
      const service = known?.windowsService === undefined ? '' : `, Windows service ${known.windowsService}`
      return known ? [`${name} (${known.title}${service})`] : []
    })
    .join(' or ')

function link(url: string): string {
  const topic = /(?:sectionUrl=|\/)(\d{4,6}|a\d{5}|index)[^/]*$/.exec(url)?.[1]
  const version = /\/(?:KSC|ksc|KSCLinux|ksc-linux)\/?(\d+(?:\.\d+)?)/.exec(url)?.[1]
  return `[${[version, topic].filter(Boolean).join(' ') || new URL(url).hostname}](${url})`
}

/** The whole of docs/flows.md. */
export function flowsDocument(flows: readonly Flow[]): string {
  const misprints = flows.flatMap(({ id, misprints: wrong = [] }) =>
    wrong.map(({ where, printed, fact }) => `- ${id}, ${where}: \u201c${printed}\u201d. ${fact}.`),
  )
  return `# The catalogue of documented flows

Generated from \`shared/catalogue/\` (\`ksc-lab flows --format markdown\` prints the table; \`UPDATE_DOCS=1 npx vitest run test/catalogue\` rewrites this page).

An arrow starts at the side that **opens** the connection: that is the direction a firewall rule needs. The numbers are the vendor's; what has none is called \`x-\`.
**Fidelity** says what a fact rests on: \`documented\`, a page of the vendor states it; \`observed\`, a third party saw it; \`assumed\`, our own reading, to be tested before it is relied on.

Mistakes in the vendor's tables that the lab does not copy:

${misprints.join('\n')}

${markdown(flows)}`
}

import * as v from 'valibot'
import { isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { flows } from '../catalogue/index.ts'
import { addressSet } from '../net/address-set.ts'
import { sentence } from '../wire/explain.ts'
import { Integer } from '../wire/messages/fields.ts'
import { checkRelations, type Fail } from './check-relations.ts'
import { ConfigError } from './error.ts'
import { BYPASS_EXPECTED, isBypassPattern, PROXY_EXPECTED, readProxyUrl } from './forward-proxy.ts'
import { PROGRAM_NAMES, type ProgramName } from './programs.ts'
import { isReverseProxy, publishedPorts } from './published.ts'
import { PROXY_PROTOCOL_MODES, programsOf, type Topology, type TopologyHost } from './topology.ts'
import { ZONES } from './zones.ts'

const NAME = /^[a-z][a-z0-9-]{0,30}$/
const NAME_EXPECTED = 'a name of lower-case letters, digits and hyphens is expected'
const Name = v.pipe(v.string(), v.regex(NAME))

const WholeNumber = (least: number, most: number) => v.pipe(Integer, v.minValue(least), v.maxValue(most))
/** valibot's own `record` takes lists, and passes over the keys `constructor` and `prototype` unchecked. */
const mapOf = <S extends v.GenericSchema>(key: RegExp, schema: S) =>
  v.lazy((input): v.GenericSchema<Record<string, v.InferOutput<S>>> => {
    if (typeof input !== 'object' || input === null || Array.isArray(input))
      return v.custom(() => false, 'must be a map')
    return v.object(Object.fromEntries(Object.keys(input).map(name => [name, key.test(name) ? schema : v.never()])))
  })

const HostFile = v.strictObject({
  zone: v.picklist(ZONES),
  number: WholeNumber(2, 250),
  runs: v.pipe(v.array(v.picklist(PROGRAM_NAMES)), v.minLength(1)),
  count: v.optional(WholeNumber(1, 100)),
  gateway: v.optional(v.picklist(['dmz', 'segment'])),
  distributionPoint: v.optional(v.boolean()),
  keepConnection: v.optional(v.boolean()),
  through: v.optional(Name),
  proxy: v.optional(Name),
  server: v.optional(Name),
  secondary: v.optional(v.picklist(['active', 'passive'])),
  ksn: v.optional(
    v.strictObject({
      enabled: v.optional(v.boolean()),
      https: v.optional(v.boolean()),
      useServer: v.optional(v.boolean()),
    }),
  ),
  forwardProxy: v.optional(
    v.strictObject({
      url: v.pipe(
        v.string(),
        v.check(text => readProxyUrl(text) !== undefined, PROXY_EXPECTED),
      ),
      bypass: v.optional(v.array(v.pipe(v.string(), v.check(isBypassPattern, BYPASS_EXPECTED)))),
    }),
  ),
  proxyProtocol: v.optional(
    v.strictObject({
      trusted: v.pipe(
        v.array(
          v.pipe(
            v.string(),
            v.check(text => addressSet([text]) !== null),
          ),
        ),
        v.minLength(1),
      ),
      ports: mapOf(/^[0-9]+$/, v.picklist(PROXY_PROTOCOL_MODES)),
    }),
  ),
  ports: v.optional(mapOf(/^[0-9]+$/, WholeNumber(1, 65_535))),
})

const TopologyFile = v.strictObject({
  topology: Name,
  title: v.string(),
  topic: Integer,
  arrows: v.array(v.string()),
  hosts: mapOf(NAME, HostFile),
})
type TopologyFile = v.InferOutput<typeof TopologyFile>

const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(TopologyFile.entries),
  host: Object.keys(HostFile.entries),
}

/**
 * A topology file as data. Every fault is a ConfigError of the form `lan.yaml:12: hosts.agent.zone: ...`, which says what
 * would be accepted there.
 */
export function readTopology(text: string, file: string): Topology {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const fail = (path: readonly string[], sentence: string): never => {
    const node = nearest(document.contents, path)
    const line = node?.range ? lines.linePos(node.range[0]).line : 1
    throw new ConfigError(`${file}:${line}: ${path.length ? `${path.join('.')}: ` : ''}${sentence}`)
  }
  const [syntax] = document.errors
  if (syntax) throw new ConfigError(`${file}:${lines.linePos(syntax.pos[0]).line}: ${syntax.message.split('\n')[0]}`)

  // Aliases are followed only here: one of nothing, or too many of them, is a fault of the file too.
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) || !alias.range) return
      const { line } = lines.linePos(alias.range[0])
      throw new ConfigError(`${file}:${line}: nothing above is called &${alias.source}; write the value itself`)
    },
  })
  const value = asData(() => document.toJS(), fail)
  refuseUnknownKeys(value, fail)
  const { issues, output } = v.safeParse(TopologyFile, value, { abortEarly: true })
  if (!issues) return build(output, fail)
  const path = issues[0].path?.map(({ key }) => String(key)) ?? []
  return issues[0].input === undefined
    ? fail(path.slice(0, -1), [`${path.at(-1)} is missing`, accepted(path)].filter(Boolean).join('; '))
    : fail(path, accepted(path) ?? sentence(issues[0]))
}

function asData(read: () => unknown, fail: Fail): unknown {
  try {
    return read()
  } catch (error) {
    return fail([], `${(error as Error).message}; write the value itself`)
  }
}

function refuseUnknownKeys(value: unknown, fail: Fail): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail([], 'a map with the keys topology, title, topic, arrows, hosts is expected')
  const file = value as { hosts?: unknown }
  const check = (map: unknown, path: string[], known: readonly string[]) => {
    if (typeof map !== 'object' || map === null) return
    for (const key of Object.keys(map))
      if (!known.includes(key)) fail([...path, key], `unknown key; accepted are ${known.join(', ')}`)
  }
  check(file, [], KEYS[''] ?? [])
  if (typeof file.hosts !== 'object' || file.hosts === null || Array.isArray(file.hosts))
    fail(['hosts'], 'a map of hosts is expected')
  for (const [name, host] of Object.entries(file.hosts as object)) {
    if (!NAME.test(name)) fail(['hosts', name], NAME_EXPECTED)
    if (typeof host !== 'object' || host === null) fail(['hosts', name], 'a map with zone, number and runs is expected')
    check(host, ['hosts', name], KEYS.host ?? [])
    if (!('zone' in host)) fail(['hosts', name], `the host stands in no zone; give it zone: ${ZONES.join(' | ')}`)
  }
}

/** What a key takes, in words better than the schema's own. */
function accepted(path: readonly string[]): string | undefined {
  const key = path[0] === 'hosts' ? path[2] : path[0]
  const sentences: Record<string, string> = {
    zone: `accepted are ${ZONES.join(', ')}`,
    number: 'a whole number from 2 to 250 is expected: the last octet of the address in its zone',
    runs: `a list of programs is expected; accepted are ${PROGRAM_NAMES.join(', ')}`,
    count: 'a whole number from 1 to 100 is expected',
    gateway: 'accepted are dmz (the Server opens the connection), segment (the gateway does)',
    distributionPoint: 'true or false is expected',
    keepConnection: 'true or false is expected',
    through: 'the name of a connection gateway is expected',
    proxy: 'the name of a host that runs reverse-proxy is expected',
    server: 'the name of an Administration Server is expected',
    ksn: 'a map with enabled, https and useServer, each true or false, is expected',
    forwardProxy: `a map with url (${PROXY_EXPECTED}) and, perhaps, bypass (a list of ${BYPASS_EXPECTED}) is expected`,
    proxyProtocol: `a map with trusted (a list of addresses and networks, as 198.51.100.20, 10.0.0.0/8) and ports (from a documented TCP port to ${PROXY_PROTOCOL_MODES.join(', ')}) is expected`,
    secondary: 'accepted are active (it dials its primary), passive (its primary dials it)',
    ports: 'a map from a documented port to the number used instead is expected',
    topology: NAME_EXPECTED,
    arrows: 'a list of flow ids is expected (see `ksc-lab flows`); write the numbers in quotes',
  }
  return key === undefined ? undefined : sentences[key]
}

function build(file: TopologyFile, fail: Fail): Topology {
  const known = new Set(flows.map(flow => flow.id))
  file.arrows.forEach((id, index) => {
    if (!known.has(id)) fail(['arrows', String(index)], `no flow ${JSON.stringify(id)}; \`ksc-lab flows\` lists them`)
  })
  const hosts: TopologyHost[] = []
  const taken = new Map<string, string>()
  for (const [name, { zone, number, runs, count, ports = {}, ...relations }] of Object.entries(file.hosts)) {
    for (let index = 0; index < (count ?? 1); index++) {
      const host: TopologyHost = {
        name: count === undefined ? name : `${name}-${index + 1}`,
        zone,
        number: number + index,
        runs: runs as ProgramName[],
        ports: Object.fromEntries(Object.entries(ports).map(([from, to]) => [Number(from), to])),
        ...(relations as Relations),
      }
      if (host.number > 250)
        fail(['hosts', name, 'count'], `host ${host.name} would get number ${host.number}; numbers end at 250`)
      if (hosts.some(({ name }) => name === host.name))
        fail(['hosts', name], `two hosts would be called ${host.name}; give each its own name`)
      const place = `${zone} ${host.number}`
      const other = taken.get(place)
      if (other !== undefined)
        fail(['hosts', name, 'number'], `number ${host.number} in ${zone} is ${other}'s; give each host its own`)
      taken.set(place, host.name)
      checkPorts(host, name, fail)
      hosts.push(host)
    }
  }
  for (const [name, relations] of Object.entries(file.hosts)) checkRelations(name, relations, hosts, fail)
  return { name: file.topology, title: file.title, topic: file.topic, arrows: file.arrows, hosts }
}

type Relations = Pick<
  TopologyHost,
  | 'gateway'
  | 'distributionPoint'
  | 'keepConnection'
  | 'through'
  | 'proxy'
  | 'server'
  | 'secondary'
  | 'forwardProxy'
  | 'proxyProtocol'
  | 'ksn'
>

function checkPorts(host: TopologyHost, key: string, fail: Fail): void {
  const own = programsOf(host).flatMap(({ ports }) => ports)
  const published = isReverseProxy(host) ? publishedPorts() : []
  const numbers = (ports: typeof own) => new Set([...ports.map(({ port }) => port), ...published])
  const [documented, tcp] = [numbers(own), numbers(own.filter(({ transport }) => transport === 'tcp'))]
  for (const from of Object.keys(host.proxyProtocol?.ports ?? {}))
    if (!tcp.has(Number(from)))
      fail(
        ['hosts', key, 'proxyProtocol', 'ports', from],
        `nothing on this host listens on ${from}/tcp; its TCP ports are ${[...tcp].join(', ') || 'none'}`,
      )
  for (const from of Object.keys(host.ports))
    if (!documented.has(Number(from)))
      fail(
        ['hosts', key, 'ports', from],
        `nothing on this host listens on ${from}; its ports are ${[...documented].join(', ') || 'none'}`,
      )
  const used = new Map<string, string>()
  for (const program of programsOf(host))
    for (const { port, transport } of program.ports) {
      const number = host.ports[port] ?? port
      const other = used.get(`${number}/${transport}`)
      if (other !== undefined)
        fail(
          ['hosts', key, port in host.ports ? 'ports' : 'runs'],
          `port ${number}/${transport} is used twice on one host: by ${other} and by ${program.title}`,
        )
      used.set(`${number}/${transport}`, program.title)
    }
}

/** The node at a path, or the deepest one above it that exists. */
function nearest(root: Node | null, path: readonly string[]): Node | null {
  let node: Node | null = root
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === key)
    if (!pair) break
    // The key's own line is what a person looks for.
    if (path.at(-1) === key || !isMap(pair.value)) return pair.key as Node
    node = pair.value as Node
  }
  return node
}

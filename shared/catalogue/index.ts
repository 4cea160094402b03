/**
 * What is documented: every arrow of the vendor's schemas and interaction tables, as data. An arrow starts at the side that
 * opens the connection (topic 183039). Everything else is drawn from here: plans, firewall rules, tables, documents.
 */
import { agents } from './flows/agents.ts'
import { cloud } from './flows/cloud.ts'
import { distributionPoint } from './flows/distribution-point.ts'
import { gateway } from './flows/gateway.ts'
import { hierarchy } from './flows/hierarchy.ts'
import { ksn } from './flows/ksn.ts'
import { mobile } from './flows/mobile.ts'
import { surroundings } from './flows/surroundings.ts'
import { web } from './flows/web.ts'
import { webConsoleInternals } from './flows/web-console-internals.ts'
import type { Flow, KscVersion } from './types.ts'

export { processes } from './processes.ts'
export { schemas } from './schemas.ts'

/** The numbered arrows in their order, `4-plain` and `9a` behind their numbers; then what has no number, by group. */
export const flows: readonly Flow[] = [
  ...[...agents, ...gateway, ...web, ...mobile].filter(({ id }) => /^\d/.test(id)).sort(byNumber),
  ...[agents, gateway, hierarchy, distributionPoint, ksn, web, mobile, webConsoleInternals, surroundings, cloud]
    .flat()
    .filter(({ id }) => !/^\d/.test(id)),
]

function byNumber(one: Flow, other: Flow): number {
  return Number.parseInt(one.id, 10) - Number.parseInt(other.id, 10)
}

const known = new Map(flows.map(flow => [flow.id, flow]))

/** @throws Error that names what would be accepted */
export function flow(id: string): Flow {
  const found = known.get(id)
  if (found) return found
  const near = [...known.keys()].filter(
    candidate => candidate.includes(id) || Number.parseInt(candidate, 10) === Number.parseInt(id, 10),
  )
  const hint =
    near.length > 0
      ? `near it are ${near.join(', ')}`
      : `accepted are ${[...known.keys()].filter(candidate => /^\d/.test(candidate)).join(', ')} and x- names`
  throw new Error(`there is no flow ${JSON.stringify(id)}; ${hint} (\`ksc-lab flows\` lists them all)`)
}

/** Flows that a schema or interaction table prints, and that are documented for a version. */
export const flowsFor = ({ schema, version }: { schema?: string; version?: KscVersion }): readonly Flow[] =>
  flows.filter(
    ({ schemas, versions }) =>
      (schema === undefined || schemas.includes(schema)) && (version === undefined || versions.includes(version)),
  )

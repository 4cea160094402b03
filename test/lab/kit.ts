/** Pieces that tests of a whole lab share. */

import { type Report, type Result, summarize } from '../../lab/report.ts'
import type { Lab } from '../../lab/start-lab.ts'
import type { FaultName } from '../../shared/faults/index.ts'
import { type MiddleboxOptions, startMiddlebox } from '../../shared/faults/middlebox.ts'

/** Exercises one arrow through a box with one fault; gives the result of each of its instances. */
export async function through(
  lab: Lab,
  fault: FaultName,
  flow: string,
  port: string,
  options: MiddleboxOptions = {},
): Promise<Result[]> {
  const [host = '', number = ''] = port.split(':')
  const transport = number.endsWith('/udp') ? 'udp' : 'tcp'
  const upstream = lab.endpoint(host, Number.parseInt(number, 10), transport)
  await using box = await startMiddlebox(fault, upstream, { transport, ...options })
  const report = await lab.verify({
    flows: [flow],
    timeout: 700,
    route: { [port]: { host: box.at.address, port: box.at.port } },
  })
  return report.results.filter(
    result => `${result.responder}:${result.port}${transport === 'udp' ? '/udp' : ''}` === port,
  )
}

/** A result by hand, delivered unless said otherwise. */
export const result = (differences: Partial<Result> = {}): Result => ({
  id: '4@agent-1>klserver:13000',
  flow: '4',
  title: 'Agents and secondary Servers to Server',
  initiator: differences.id?.split('@')[1]?.split('>')[0] ?? 'agent-1',
  responder: differences.id?.split('>')[1]?.split(':')[0] ?? 'klserver',
  via: [],
  transport: 'tcp',
  tls: true,
  address: '127.10.0.10',
  port: Number(differences.id?.split(':')[1] ?? 13000),
  expected: 'delivered',
  verdict: 'delivered',
  asExpected: true,
  findings: [],
  evidence: [],
  explanation: 'It arrived.',
  advice: '',
  durationMs: 12.3,
  ...differences,
})

export const report = (results: Result[]): Report => ({
  schema: 'ksc-lab/report@1',
  topology: 'lan',
  kscVersion: '14.2',
  mode: 'in-process',
  startedAt: '2026-11-23T10:00:00.000Z',
  durationMs: 1_234,
  seed: 1,
  summary: summarize(results),
  results,
})

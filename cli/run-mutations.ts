import { randomInt } from 'node:crypto'
import { containers } from '../lab/in-containers.ts'
import { plan } from '../lab/plan.ts'
import { mutations } from '../lab/rules/dependents.ts'
import { type Mutated, mutate, NotGreen } from '../lab/rules/mutate.ts'
import { mutationRun } from '../lab/rules/mutation-table.ts'
import { verify } from '../lab/verify.ts'
import type { KscVersion } from '../shared/catalogue/types.ts'
import type { Topology } from '../shared/config/topology.ts'
import { NetError } from '../shared/net/errors.ts'
import { untilSignal } from './signals.ts'

interface Run {
  topology: Topology
  version: KscVersion
  state: string
  json: boolean
}

/** ms for each step: a row that is cut waits for it, and what is not cut answers in a tenth. */
const TIMEOUT = 2_000

/** `ksc-lab rules --mutate`. @returns the exit code */
export async function runMutations({ topology, version, state, json }: Run): Promise<number> {
  const begun = performance.now()
  const instances = plan(topology, version)
  const list = mutations(topology, instances)
  const stop = new AbortController()
  void untilSignal().then(() => stop.abort(new Error('interrupted')))
  const { stage, firewall } = await containers(topology, state)
  if (!firewall)
    throw Object.assign(
      new NetError('NOT_RUNNING', 'the firewall of the lab does not answer on the management network'),
      {
        hint: 'is it up? One of your own has no rules that could be taken out from here',
      },
    )
  const table = mutationRun(topology, list)
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(text)
  say(table.head)
  const done: Mutated[] = []
  try {
    await mutate({
      list,
      firewall,
      signal: stop.signal,
      verify: only =>
        verify({
          topology,
          instances: only ? instances.filter(({ id }) => only.includes(id)) : instances,
          stage,
          ...(only ? { firewall, asks: () => true } : {}),
          kscVersion: version,
          mode: 'compose',
          seed: randomInt(2 ** 31),
          timeout: TIMEOUT,
        }),
      onRow(row) {
        done.push(row)
        say(table.row(row))
      },
    })
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('ksc-lab: interrupted; all rules are back\n')
      // A run of verify is under way whose rows nobody waits for.
      process.exit(1)
    }
    if (!(error instanceof NotGreen)) throw error
    process.stderr.write(`ksc-lab: ${error.message}\n`)
    return 1
  }
  say(table.sum(done, performance.now() - begun))
  if (json) process.stdout.write(`${JSON.stringify(done, null, 2)}\n`)
  return done.every(({ asPredicted }) => asPredicted) ? 0 : 1
}

/**
 * Each allow rule of the generated firewall is deleted, one at a time: exactly the rows that depend on it must turn red, as
 * `ksc-lab rules --mutate` says beforehand, and no other.
 */
import { describe, expect, it } from 'vitest'
import { leftOut } from '../requires.ts'
import { Project } from './kit.ts'

interface Mutation {
  comment: string
  match: string
  rows: string[]
}

const TOPOLOGY = 'gateway'
const missing = leftOut('docker compose', 'docker', ['info'])
const project = new Project('ksc-lab-mutation', { COMPOSE_PROFILES: TOPOLOGY, KSC_LAB_WEB_CONSOLE_PORT: '18083' })

const nft = async (...args: string[]) => {
  const { code, stdout, stderr } = await project.compose(['exec', '-T', 'firewall', 'nft', ...args])
  if (code !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr}`)
  return stdout
}

async function mutations(): Promise<Mutation[]> {
  const { stdout } = await project.compose([
    ...['run', '--rm', '-T', '--no-deps', '--entrypoint', '/app/containers/host.sh', 'verify'],
    ...['rules', '--topology', TOPOLOGY, '--mutate', '--json'],
  ])
  return JSON.parse(stdout) as Mutation[]
}

async function unexpectedRows(): Promise<string[]> {
  const run = ['run', '--rm', '-T', 'verify', '--format', 'json', '--no-probes', '--timeout', '2']
  const { stdout, stderr } = await project.compose(run)
  if (!stdout.startsWith('{')) throw new Error(`verify: ${stderr}`)
  const { results } = JSON.parse(stdout) as { results: { id: string; asExpected: boolean }[] }
  return results.filter(({ asExpected }) => !asExpected).map(({ id }) => id)
}

/** As the container loads them at its start, with what it knows of open connections left alone. */
const mend = () =>
  project.compose([
    ...['exec', '-T', 'firewall', 'sh', '-c'],
    `node /app/bin/ksc-lab.js rules --topology ${TOPOLOGY} | nft -f -`,
  ])

/** Deletes the one rule. */
async function cut({ match }: Mutation): Promise<void> {
  const lines = (await nft('-a', 'list', 'ruleset')).split('\n').filter(line => line.includes(match))
  const handle = /# handle (\d+)$/.exec(lines[0] ?? '')?.[1]
  if (lines.length !== 1 || handle === undefined) throw new Error(`not one rule but ${lines.length} for ${match}`)
  await nft('delete', 'rule', 'inet', 'ksc_lab', 'forward', 'handle', handle)
}

describe.skipIf(missing !== null)(`the firewall of ${TOPOLOGY}`, () => {
  it('lets every rule carry exactly the rows that depend on it', { timeout: 600_000 }, async () => {
    try {
      await project.up({}, '--build')
      expect(await unexpectedRows()).toEqual([])
      for (const mutation of await mutations()) {
        await cut(mutation)
        expect((await unexpectedRows()).sort(), mutation.comment).toEqual([...mutation.rows].sort())
        await mend()
      }
      expect(await unexpectedRows()).toEqual([])
    } finally {
      await project.down()
    }
  })
})

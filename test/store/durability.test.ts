import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openStore } from '../../services/klserver/store/index.ts'
import { AGENT, temporaryFolder } from './kit.ts'

const ROUNDS = 20
const fixture = fileURLToPath(new URL('./acknowledge.ts', import.meta.url))

/** @returns what was acknowledged before the process was killed, in the middle of its writing. */
async function writeUntilKilled(file: string, round: number, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [fixture, file, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === acknowledgements) child.kill('SIGKILL')
  }
  expect(await exited).toEqual([null, 'SIGKILL'])
  return acknowledged
}

test(`nothing acknowledged is lost by kill -9, ${ROUNDS} rounds`, { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    acknowledged.push(...(await writeUntilKilled(file, round, 1 + (round % 5))))
    const store = await openStore(file)
    try {
      const kept = new Set((await store.events(undefined, 100_000)).map(({ id }) => id))
      expect(acknowledged.filter(id => !kept.has(id))).toEqual([])
      const last = Number(acknowledged.at(-1)?.split('-')[1])
      expect((await store.byAgent(AGENT))?.lastSyncAt).toBeGreaterThanOrEqual(last)
    } finally {
      await store.close()
    }
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
})

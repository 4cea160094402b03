import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { contents, fingerprints, MADE, open, temporary } from './kit.ts'

const fixture = fileURLToPath(new URL('./open.ts', import.meta.url))

interface Found {
  fingerprints: Record<string, string>
  notices: string[]
  administrator: { password: string }
}

async function openElsewhere(folder: string, at: number): Promise<Found> {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, folder, String(at)])
  return JSON.parse(stdout) as Found
}

test('processes that open a new folder at once end with one set', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 3; round += 1) {
    using folder = temporary()
    const at = Date.now() + 1_500
    const found = await Promise.all(Array.from({ length: 4 }, () => openElsewhere(folder.path, at)))
    const state = await open(folder.path)
    for (const each of found)
      expect(each).toEqual({
        fingerprints: fingerprints(state),
        notices: [],
        administrator: state.credentials.administrator,
      })
  }
})

test('containers that start at once, each as process 1, all have the new folder', async () => {
  using root = temporary()
  const turns = new SharedArrayBuffer(4)
  // Threads share the number of their process as containers do; the counter lets both go at the same moment.
  const failures = await Promise.all(Array.from({ length: 2 }, () => claimMany({ root: root.path, turns, of: 2 })))
  expect(failures.flat()).toEqual([])
})

function claimMany(workerData: { root: string; turns: SharedArrayBuffer; of: number }): Promise<string[]> {
  const worker = new Worker(new URL('./claim-many.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
}

test('opens of one process at once end with one set', async () => {
  using folder = temporary()
  const states = await Promise.all([open(folder.path), open(folder.path), open(folder.path)])
  const [first] = states.map(fingerprints)
  expect(Object.keys(first ?? {})).toHaveLength(MADE.length)
  for (const state of states) {
    expect(fingerprints(state)).toEqual(first)
    expect(state.notices).toEqual([])
  }
})

test('no lock and no half-written file is left', async () => {
  using folder = temporary()
  await Promise.all([open(folder.path), open(folder.path)])
  expect(readdirSync(folder.path)).toEqual(['certs', 'credentials.json', 'ksc-lab.json'])
  expect(Object.keys(contents(folder.path)).filter(name => name.endsWith('.new'))).toEqual([])
})

test('a folder that another process is making ours just now is not refused', async () => {
  using folder = temporary()
  writeFileSync(join(folder.path, 'ksc-lab.json.4711.new'), '')
  expect((await open(folder.path)).notices).toEqual([])
})

test('a lock whose process was killed long ago is taken over', async () => {
  using folder = temporary()
  const before = fingerprints(await open(folder.path))
  const lock = join(folder.path, 'lock')
  mkdirSync(lock)
  writeFileSync(join(lock, 'pid'), '1')
  const long = new Date(Date.now() - 60_000)
  utimesSync(lock, long, long)
  expect(fingerprints(await open(folder.path))).toEqual(before)
  expect(readdirSync(folder.path)).not.toContain('lock')
})

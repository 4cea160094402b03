/** What `npm publish` would send, used as its users would use it: compiled, beside nothing of this repository but its dependencies. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporary } from '../cli/kit.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const folder = temporary()
const installed = join(folder.path, 'node_modules/ksc-lab')

beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder.path], { cwd: repository, stdio: 'pipe' })
  const archive = readdirSync(folder.path).find(name => name.endsWith('.tgz')) ?? 'nothing was packed'
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder.path, archive), '-C', installed, '--strip-components=1'])
  // Whatever lies in the folders above is no part of it.
  writeFileSync(join(folder.path, 'package.json'), '{}')
  symlinkSync(join(repository, 'node_modules'), join(installed, 'node_modules'))
}, 60_000)
afterAll(() => folder[Symbol.dispose]())

const node = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder.path, encoding: 'utf8', timeout: 20_000 })

it('has what the command needs and nothing else', () => {
  expect(readdirSync(installed).sort()).toEqual([
    'LICENSE',
    'README.md',
    'bin',
    'dist',
    'node_modules',
    'package.json',
    'topologies',
  ])
})

it('runs verify', () => {
  const state = join(folder.path, 'state')
  const ran = node(join(installed, 'bin/ksc-lab.js'), 'verify', 'lan', '--ports', 'ephemeral', '--state', state)
  expect(ran.stdout).toContain('all as expected: 26 delivered, 1 skipped')
  expect(ran.status).toBe(0)
})

it('is a library', () => {
  writeFileSync(
    join(folder.path, 'use.mjs'),
    `import { startLab } from 'ksc-lab'
     await using lab = await startLab('lan')
     const { summary } = await lab.verify({ flows: ['9a'] })
     console.log(JSON.stringify(summary))`,
  )
  expect(node('use.mjs')).toMatchObject({
    stdout: '{"total":1,"asExpected":1,"unexpected":0,"skipped":0}\n',
    stderr: '',
    status: 0,
  })
})

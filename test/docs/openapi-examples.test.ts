/** The worked examples of docs/openapi.md, as they stand there, against a lab that the CLI runs. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, temporary, up } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

const page = readFileSync(new URL('../../docs/openapi.md', import.meta.url), 'utf8')
const only = (kind: string): string => {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\`$`, 'gms'))]
  if (found.length !== 1) throw new Error(`docs/openapi.md has ${found.length} blocks of ${kind}, and one is expected`)
  return found[0]?.[1] ?? ''
}
const missing = [
  leftOut('docs/openapi.md', 'python3', ['-c', 'import requests']),
  leftOut('docs/openapi.md', 'curl', ['--version']),
  leftOut('docs/openapi.md', 'jq', ['--version']),
].find(Boolean)

describe.skipIf(missing)('docs/openapi.md', () => {
  const folder = temporary()
  let child: Awaited<ReturnType<typeof up>>['child']
  beforeAll(async () => {
    const state = join(folder.path, 'state')
    const lab = await up(state)
    child = lab.child
    writeFileSync(join(folder.path, 'lab.json'), JSON.stringify(lab.ready))
    expect((await run(['certs', 'export', join(folder.path, 'certs'), '--state', state])).code).toBe(0)
  })
  afterAll(async () => {
    child?.kill('SIGTERM')
    await child?.done
    folder[Symbol.dispose]()
  })

  it.each([
    ['sh', 'bash', ['-euo', 'pipefail', '-c'], null],
    ['python', 'python3', [], 'find-hosts.py'],
    ['ts', process.execPath, [], 'find-hosts.ts'],
  ] as const)('the example in %s prints what the page says', (kind, command, args, file) => {
    if (file !== null) writeFileSync(join(folder.path, file), only(kind))
    const { status, stdout, stderr } = spawnSync(command, [...args, file ?? only(kind)], {
      cwd: folder.path,
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: 'certs/klserver/common.crt', NODE_NO_WARNINGS: '1' },
    })
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: only('output') })
  })
})

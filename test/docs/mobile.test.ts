/** The commands of docs/mobile.md, as they stand there, against a lab that the CLI runs. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run, start, temporary } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

const page = readFileSync(new URL('../../docs/mobile.md', import.meta.url), 'utf8')
const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block)
const missing = [
  leftOut('docs/mobile.md', 'openssl', ['version']),
  leftOut('docs/mobile.md', 'jq', ['--version']),
].find(Boolean)

it.skipIf(missing)('the commands of docs/mobile.md show what the page says', async () => {
  using folder = temporary()
  const state = join(folder.path, 'state')
  const lab = start(['up', 'server-dmz', '--json', '--ports', 'ephemeral', '--state', state])
  try {
    let line = ''
    while (!line.includes('\n')) line += (await once(lab.stdout as NodeJS.ReadableStream, 'data'))[0]
    writeFileSync(join(folder.path, 'lab.json'), line)
    expect((await run(['certs', 'export', join(folder.path, 'certs'), '--state', state])).code).toBe(0)
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', blocks('sh').join('\n')], {
      cwd: folder.path,
      encoding: 'utf8',
      timeout: 15_000,
      // From a socket bash takes itself to be started over the network, and reads a .bashrc.
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(blocks('output').join(''))
  } finally {
    lab.kill('SIGTERM')
    await lab.done
  }
})

/** The commands of docs/ios-mdm.md, as they stand there, against a lab that the CLI runs. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { run, start, temporary } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

const page = readFileSync(new URL('../../docs/ios-mdm.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
const topology = fileURLToPath(new URL('../ios-mdm/ios-mdm.yaml', import.meta.url))
const missing = ['curl', 'jq'].map(name => leftOut('docs/ios-mdm.md', name, ['--version'])).find(Boolean)

it.skipIf(missing)('the commands of docs/ios-mdm.md enrol a device, fetch a command and answer it', async () => {
  using folder = temporary()
  const state = join(folder.path, 'state')
  const lab = start(['up', topology, '--json', '--ports', 'ephemeral', '--state', state])
  try {
    let line = ''
    while (!line.includes('\n')) line += (await once(lab.stdout as NodeJS.ReadableStream, 'data'))[0]
    writeFileSync(join(folder.path, 'lab.json'), line)
    expect((await run(['certs', 'export', join(folder.path, 'certs'), '--state', state])).code).toBe(0)
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [
        '-euo',
        'pipefail',
        '-c',
        `${commands.join('\n')}\nplist '<key>Status</key><string>Idle</string>' > gone.plist; ! mdm --cert identity.pem -T gone.plist "https://$name/mdm/connect"`,
      ],
      {
        cwd: folder.path,
        encoding: 'utf8',
        timeout: 15_000,
        // From a socket bash takes itself to be started over the network, and reads a .bashrc.
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    expect({
      status,
      stderr: stderr.replace(/^.*(Verification successful|The requested URL returned error: 403).*\n/gm, ''),
    }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('"requestType":"DeviceInformation"')
    expect(stdout).toContain('["acknowledged",{"OSVersion":"18.2","DeviceName":"curl"}]')
    expect(stdout).toContain('{"code":"com.apple.unrecognized.device"}')
    expect(readFileSync(join(folder.path, 'command.plist'), 'utf8')).toContain('<string>OSVersion</string>')
  } finally {
    lab.kill('SIGTERM')
    await lab.done
  }
})

it('docs/ios-mdm.md shows the topology that the tests use', () => {
  const hosts = (text: string) => /^hosts:\n(?: {2}.*\n)+/m.exec(text)?.[0]
  expect(hosts(page)).toBe(hosts(readFileSync(topology, 'utf8')))
})

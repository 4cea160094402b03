#!/usr/bin/env node
// Any Node >= 20 may launch ksc-lab; it runs on Node 24, which the devDependency `node` brings where the system's is older.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const here = path => fileURLToPath(new URL(path, import.meta.url))
const compiled = here('../dist/cli/main.js')
const entry = existsSync(here('../cli/main.ts')) ? here('../cli/main.ts') : compiled
const major = Number(process.versions.node.split('.')[0])
const brought = here(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`)

if (major >= 24) {
  // Compiled code is kept in the system's temporary folder: the second start is a third faster.
  module.enableCompileCache()
  // The young generation stays at its first size: 45 MiB less for a whole lab, and no slower to be seen (docs/performance.md).
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  await import(entry)
} else if (existsSync(brought)) {
  const child = spawn(brought, [here('./ksc-lab.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
} else {
  process.stderr.write(
    `ksc-lab needs Node 24 or later; this is ${process.version}. Run \`npm install\` in its folder, or install Node 24.\n`,
  )
  process.exit(3)
}

/** Loaded before a role: V8 as bin/ksc-lab.js sets it. */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

const launcher = readFileSync(new URL('../../bin/ksc-lab.js', import.meta.url), 'utf8')
const flags = [...launcher.matchAll(/setFlagsFromString\('(.+?)'\)/g)].flatMap(([, flag = '']) => flag)
if (flags.length === 0) throw new Error('bin/ksc-lab.js sets no flag any more')
for (const flag of flags) setFlagsFromString(flag)

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RULE_FORMATS } from '../../lab/rules/index.ts'
import { run } from '../cli/kit.ts'

const file = new URL('../../docs/firewall-rules.md', import.meta.url)
/** A command in a block of its own, and the block below it that shows what it prints. */
const EXAMPLE = /^(```sh\nnpx ksc-lab (rules [^\n]*)\n```\n\n```\w*\n)(.*?)^```$/gms

describe('docs/firewall-rules.md', () => {
  const page = readFileSync(file, 'utf8')
  const commands = [...page.matchAll(EXAMPLE)].map(([, , command = '']) => command)

  it('shows what the commands print', async () => {
    const printed = new Map<string, string>()
    for (const command of commands) {
      const { code, stdout, stderr } = await run(command.split(' '))
      expect({ code, stderr }, command).toEqual({ code: 0, stderr: '' })
      printed.set(command, stdout)
    }
    const now = page.replace(EXAMPLE, (_block, before, command) => `${before}${printed.get(command)}\`\`\``)
    if (process.env.UPDATE_DOCS) writeFileSync(file, now)
    expect(
      readFileSync(file, 'utf8') === now,
      'docs/firewall-rules.md is behind the rules: run UPDATE_DOCS=1 npx vitest run test/docs',
    ).toBe(true)
  })

  it('has an example of every format, of a host, and of what --mutate foretells', () => {
    for (const format of RULE_FORMATS.filter(each => each !== 'nftables'))
      expect(commands.join('\n'), format).toContain(`--format ${format}`)
    expect(commands).toContain('rules --topology gateway')
    expect(commands).toContain('rules --topology gateway --host gateway')
    expect(commands).toContain('rules --topology gateway --mutate --dry-run')
  })
})

/** docs/openapi.md's table is made from the methods; `UPDATE_DOCS=1` writes it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Method } from '../../services/klserver/openapi/method.ts'
import { methods } from '../../services/klserver/openapi/methods/index.ts'

const file = new URL('../../docs/openapi.md', import.meta.url)
const [, before = '', , after = ''] =
  /^(.*<!-- methods: [^\n]*-->\n)(.*)(<!-- \/methods -->.*)$/s.exec(readFileSync(file, 'utf8')) ?? []

const row = ({ name, args, answer, about, fidelity, assumed }: Method) => {
  const given = Object.entries(args.entries).map(([key, { type }]) => `\`${key}\`${type === 'optional' ? '?' : ''}`)
  const known = assumed === undefined ? fidelity : `${fidelity}; *assumed*: ${assumed}`
  return `| \`${name}\` | ${given.join(', ')} | ${answer} | ${about} | ${known} |`
}

test('every method is in the table of docs/openapi.md, with what is known of it', () => {
  const table = [
    '| method | arguments (`?`: may be missing) | answer | what it does | known |',
    '|---|---|---|---|---|',
    ...[...methods.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(row),
  ]
  const page = `${before}${table.join('\n')}\n${after}`
  if (process.env.UPDATE_DOCS) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flowsDocument, flowsTable } from '../../lab/flows-view.ts'
import { flow, flows } from '../../shared/catalogue/index.ts'
import { run } from '../cli/kit.ts'

const page = new URL('../../docs/flows.md', import.meta.url)

describe('docs/flows.md', () => {
  it('is what the catalogue says', () => {
    if (process.env.UPDATE_DOCS) writeFileSync(page, flowsDocument(flows))
    expect(
      readFileSync(page, 'utf8') === flowsDocument(flows),
      'docs/flows.md is behind the catalogue: run UPDATE_DOCS=1 npx vitest run test/catalogue',
    ).toBe(true)
  })
})

describe('ksc-lab flows', () => {
  it('fits a terminal of 100 columns', () => {
    for (const line of flowsTable(
      flows.filter(({ id }) => /^\d/.test(id)),
      'pretty',
    ).split('\n'))
      expect(line.length, line).toBeLessThanOrEqual(132)
  })

  it('prints the arrows of a topology, as a table, as JSON and as Markdown', async () => {
    const table = await run(['flows', '--topology', 'lan'])
    expect(table.code).toBe(0)
    expect(table.stdout).toContain('managed-device -> administration-server')
    const json = await run(['flows', '--topology', 'lan', '--json'])
    expect(JSON.parse(json.stdout)).toContainEqual(JSON.parse(JSON.stringify(flow('4-plain'))))
    const markdown = await run(['flows', '--format', 'markdown', '--ksc-version', '13.1'])
    expect(markdown.stdout).toContain('| [4](#4-agents-and-secondary-servers-to-server) |')
    expect(markdown.stdout).not.toContain('x-dp-mcast')
  })
})

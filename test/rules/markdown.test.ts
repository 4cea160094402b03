import { describe, expect, it } from 'vitest'
import { markdown } from '../../lab/rules/markdown.ts'
import { everySet, rulesOf } from './kit.ts'

describe('ksc-lab rules --format markdown', () => {
  it('is a row a connection, with its reason', () => {
    expect(markdown(rulesOf('gateway'))).toContain(
      '| klserver (lan) | gateway (dmz) | 192.0.2.10 -> 198.51.100.10 | 13000/tcp | yes | 4a, 4a-data | Server to DMZ gateway: signal connection: ',
    )
    expect(markdown(rulesOf('gateway-segment'))).toContain('| 13000/udp | no | 3 |')
  })

  it('has for a host what it accepts and what it opens', () => {
    const text = markdown(rulesOf('lan', 'admin-pc'))
    expect(text).toContain('## It accepts\n\nNothing.\n\n## It opens\n\n| from |')
  })

  it.each(everySet())('has seven cells in every row: %s', (_name, set) => {
    const rows = markdown(set)
      .split('\n')
      .filter(line => line.startsWith('|'))
    for (const row of rows) expect(row.split(/(?<!\\)\|/).length, row).toBe(9)
  })
})

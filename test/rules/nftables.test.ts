import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { nftables } from '../../lab/rules/nftables.ts'
import { run } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'
import { everySet, moved, rulesOf } from './kit.ts'

const text = nftables(rulesOf('lan'))
const accepting = (file: string) =>
  file
    .split('\n')
    .filter(line => line.includes('accept') && line.includes('dport'))
    .map(line => line.trim())

describe('ksc-lab rules', () => {
  it('lets exactly the arrows pass that cross zones, in the direction in which they are opened', () => {
    expect(accepting(text)).toEqual([
      'ip saddr 192.0.2.10 ip daddr 203.0.113.10 tcp dport 443 ct state new counter accept comment "8 klserver -> kaspersky"',
    ])
    expect(text).toContain('policy drop;')
    expect(text).toContain('ct state established,related counter accept')
  })

  it('uses the number of this lab where an administrator has changed it', () => {
    expect(nftables(rulesOf(moved('kaspersky', { 443: 8443 })))).toContain('tcp dport 8443')
  })

  it('names in one rule every arrow that needs it', () => {
    expect(accepting(nftables(rulesOf('gateway')))).toContain(
      'ip saddr 192.0.2.10 ip daddr 198.51.100.10 tcp dport 13000 ct state new counter accept comment "4a 4a-data klserver -> gateway"',
    )
  })

  it('drops on a host what no arrow brings, and holds nothing that it opens', () => {
    const host = nftables(rulesOf('lan', 'klserver'))
    expect(host).toContain('hook input priority filter; policy drop;')
    expect(host).toContain('hook output priority filter; policy accept;')
    expect(host).not.toContain('hook forward')
    expect(accepting(host)).toContain(
      'ip saddr 192.0.2.101 ip daddr 192.0.2.10 tcp dport 13000 ct state new counter accept comment "4 agent-1 -> klserver"',
    )
  })

  it('is printed by the command', async () => {
    expect(await run(['rules', '--topology', 'lan'])).toEqual({ code: 0, stdout: text, stderr: '' })
  })

  const without = leftOut('nft -c', 'nft', ['--version'])
  it.skipIf(without !== null).each(everySet())('is accepted by nft: %s', (_name, set) => {
    const { status, stderr } = spawnSync('nft', ['-c', '-f', '-'], { input: nftables(set), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

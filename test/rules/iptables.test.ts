import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { iptables } from '../../lab/rules/iptables.ts'
import { run } from '../cli/kit.ts'
import { everySet, rulesOf } from './kit.ts'

const rules = (text: string) => text.split('\n').filter(line => line !== '' && !line.startsWith('#'))

describe('ksc-lab rules --format iptables', () => {
  it('fills the FORWARD chain: answers, then the arrows that cross zones, and drops the rest', () => {
    expect(rules(iptables(rulesOf('lan')))).toEqual([
      '*filter',
      ':FORWARD DROP [0:0]',
      '-F FORWARD',
      '-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -m comment --comment "answers" -j ACCEPT',
      '-A FORWARD -s 192.0.2.10/32 -d 203.0.113.10/32 -p tcp -m tcp --dport 443 -m conntrack --ctstate NEW -m comment --comment "8 klserver -> kaspersky" -j ACCEPT',
      'COMMIT',
    ])
  })

  it('fills INPUT and OUTPUT of a host, and leaves FORWARD alone', () => {
    const lines = rules(iptables(rulesOf('lan', 'web-console')))
    expect(lines).toContain(':INPUT DROP [0:0]')
    expect(lines).toContain(
      '-A INPUT -s 192.0.2.30/32 -d 192.0.2.20/32 -p tcp -m tcp --dport 8080 -m conntrack --ctstate NEW -m comment --comment "9a admin-pc -> web-console" -j ACCEPT',
    )
    expect(lines.filter(line => line.startsWith('-A OUTPUT'))).toEqual([
      '-A OUTPUT -s 192.0.2.20/32 -d 192.0.2.10/32 -p tcp -m tcp --dport 13299 -m conntrack --ctstate NEW -m comment --comment "9 web-console -> klserver" -j ACCEPT',
    ])
    expect(lines.join('\n')).not.toContain('FORWARD')
  })

  it('is printed by the command', async () => {
    const stdout = iptables(rulesOf('gateway'))
    const ran = await run(['rules', '--topology', 'gateway', '--format', 'iptables'])
    expect(ran).toEqual({ code: 0, stdout, stderr: '' })
  })

  const restore = (input: string) =>
    spawnSync('iptables-restore', ['--test', '--noflush'], { input, encoding: 'utf8', timeout: 20_000 })
  // Many a kernel and container has none, or lacks a match; that says nothing about the file.
  const usual = '*filter\n-A FORWARD -m conntrack --ctstate NEW -m comment --comment "x" -j ACCEPT\nCOMMIT\n'
  const works = restore(usual).status === 0
  if (!works) process.stderr.write('\niptables-restore --test: left out, since it does not work here\n')
  it.skipIf(!works).each(everySet())('is accepted by iptables-restore: %s', (_name, set) => {
    const { status, stderr } = restore(iptables(set))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

import { describe, expect, it } from 'vitest'
import { windows } from '../../lab/rules/windows.ts'
import { run } from '../cli/kit.ts'
import { everySet, moved, rulesOf } from './kit.ts'

const rules = (text: string) => text.split('\n').filter(line => line.startsWith('New-NetFirewallRule'))

describe('ksc-lab rules --format windows', () => {
  it('has one rule a port, for all who connect to it', () => {
    const text = windows(rulesOf('lan', 'klserver'))
    expect(rules(text)).toContain(
      "New-NetFirewallRule -Group 'ksc-lab' -DisplayName 'ksc-lab 4: agent-1, agent-2 -> klserver 13000/tcp' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 13000 -RemoteAddress 192.0.2.101,192.0.2.102",
    )
    expect(rules(text).map(line => /-Protocol (\S+) -LocalPort (\d+)/.exec(line)?.slice(1).join(' '))).toEqual([
      'TCP 13000',
      'TCP 14000',
      'TCP 17000',
      'TCP 13291',
      'TCP 13299',
      'TCP 8060',
      'TCP 8061',
      'TCP 13111',
      'UDP 15111',
      'UDP 13000',
    ])
    expect(text).toContain('#   203.0.113.10 443/tcp  8 klserver -> kaspersky')
  })

  it('says in a comment which program answers, also on a changed port', () => {
    const text = windows(rulesOf(moved('klserver', { 8061: 9061 }), 'klserver'))
    expect(text).toMatch(/# -Program: the path of klcsweb \(Web Server, service klwebsrv\)\n.* -LocalPort 9061 /)
    expect(rules(text).join('\n')).not.toContain('-Program')
  })

  it('is made of plain characters and of quotes that end: what PowerShell of any age reads alike', () => {
    for (const [name, set] of everySet().filter(([, { at }]) => at === 'host')) {
      for (const line of windows(set).split('\n')) expect(line, name).toMatch(/^[\x20-\x7e]*$/)
      for (const line of rules(windows(set))) expect(line.split("'").length, name).toBe(5)
    }
  })

  it('needs a host', async () => {
    const { code, stdout, stderr } = await run(['rules', '--topology', 'lan', '--format', 'windows'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      'ksc-lab: --format windows: Windows Firewall stands on a host; say which with --host klserver | web-console | admin-pc | agent-1 | agent-2 | kaspersky\n',
    )
  })
})

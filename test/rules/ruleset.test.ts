import { describe, expect, it } from 'vitest'
import { commentOf, type Rule, type RuleSet } from '../../lab/rules/ruleset.ts'
import { run } from '../cli/kit.ts'
import { everySet, moved, rulesOf } from './kit.ts'

const rulesIn = (set: RuleSet): readonly Rule[] =>
  set.at === 'firewall' ? set.passing : [...set.accepts, ...set.opens]
const lines = (rules: readonly Rule[]) => rules.map(rule => `${commentOf(rule)} ${rule.port}/${rule.transport}`)

describe('the rules of the firewall between the zones', () => {
  it('go by whom the initiator dials: a gateway, not the Server behind it', () => {
    expect(lines(rulesIn(rulesOf('gateway')))).toEqual([
      '4a 4a-data klserver -> gateway 13000/tcp',
      '4a-agents roamer-1 -> gateway 13000/tcp',
      '4a-agents roamer-2 -> gateway 13000/tcp',
      '8 klserver -> kaspersky 443/tcp',
      '10 klserver -> google 443/tcp',
      '11 office-phone -> google 5228/tcp',
      '12 gateway -> apple 443/tcp',
      '12 gateway -> apple 2197/tcp',
      '14 android-1 -> gateway 13292/tcp',
      '14 android-1 -> gateway 13293/tcp',
      '15 office-phone -> kaspersky 443/tcp',
      '17 ios-1 -> gateway 443/tcp',
    ])
    expect(lines(rulesIn(rulesOf('gateway-segment')))).toEqual([
      '4 x-gw-segment gateway -> klserver 13000/tcp',
      '4-plain gateway -> klserver 14000/tcp',
      'x-gw-segment-agents branch-1 -> gateway 13000/tcp',
      'x-gw-segment-agents branch-2 -> gateway 13000/tcp',
      '5 gateway -> klserver 17000/tcp',
      '8 klserver -> kaspersky 443/tcp',
      '16 gateway -> klserver 8060/tcp',
      '16 gateway -> klserver 8061/tcp',
      '3 gateway -> klserver 13000/udp',
    ])
  })

  it('let nothing from the internet into the LAN of the gateway topology', () => {
    const inwards = rulesIn(rulesOf('gateway')).filter(({ from, to }) => from.zone === 'internet' && to.zone === 'lan')
    expect(inwards).toEqual([])
  })
})

describe('the rules of one host', () => {
  it('are what ends at it and what it opens, within its zone too', () => {
    const set = rulesOf('gateway', 'gateway')
    if (set.at !== 'host') throw new Error('rules of a host are expected')
    expect(lines(set.accepts)).toEqual([
      '2-bcast dmz-pc -> gateway 15000/udp',
      '4a 4a-data klserver -> gateway 13000/tcp',
      '4a-agents x-dp-agents dmz-pc -> gateway 13000/tcp',
      '4a-agents roamer-1 -> gateway 13000/tcp',
      '4a-agents roamer-2 -> gateway 13000/tcp',
      'x-dp-push dmz-pc -> gateway 13295/tcp',
      '14 android-1 -> gateway 13292/tcp',
      '14 android-1 -> gateway 13293/tcp',
      '17 ios-1 -> gateway 443/tcp',
    ])
    // "The gateway opens no connection": the datagram to its neighbour is none, and Apple is asked by the iOS MDM Server.
    expect(lines(set.opens)).toEqual([
      '2-bcast x-dp-udp gateway -> dmz-pc 15000/udp',
      'x-dp-mcast gateway -> dmz-pc 15001/udp',
      '12 gateway -> apple 443/tcp',
      '12 gateway -> apple 2197/tcp',
    ])
  })

  it('are refused for a host that is not there', async () => {
    const names = 'klserver, web-console, admin-pc, agent-1, agent-2, kaspersky'
    expect(await run(['rules', '--topology', 'lan', '--host', 'mail'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `ksc-lab: --host mail: the topology has no such host; its hosts are ${names}\n`,
    })
  })
})

describe('every rule', () => {
  it.each(everySet())('is there once: %s', (_name, set) => {
    const keys = rulesIn(set).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('has the number of this lab where an administrator has changed it, and knows the documented one', () => {
    const [rule] = rulesIn(rulesOf(moved('kaspersky', { 443: 8443 })))
    expect(rule).toMatchObject({ key: 'klserver>kaspersky:8443/tcp', port: 8443, documented: 443 })
  })

  it('has a comment that nft takes, however long the names of a topology are', () => {
    const long = 'a'.repeat(63)
    const [rule] = rulesIn(rulesOf('lan'))
    if (!rule) throw new Error('the LAN has a rule')
    const named = { ...rule, from: { ...rule.from, name: long }, to: { ...rule.to, name: long } }
    expect(commentOf(named).length).toBe(128)
  })
})

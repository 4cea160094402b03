/** Which host of a topology file may be set up for which. */
import { isReverseProxy } from './published.ts'
import type { KsnSettings, TopologyHost } from './topology.ts'

export type Fail = (path: readonly string[], sentence: string) => never

/** A host as its file gives it: some of its keys may be undefined. */
type Relations = {
  [K in Exclude<keyof TopologyHost, 'ksn' | 'forwardProxy' | 'proxyProtocol'>]?: TopologyHost[K] | undefined
} & Pick<TopologyHost, 'runs' | 'zone'> & {
    ksn?: { [K in keyof KsnSettings]?: boolean | undefined } | undefined
    forwardProxy?: object | undefined
  }

/** What reaches the internet by the forward proxy of its host. */
const OUTBOUND: readonly string[] = ['klserver', 'klactprx', 'ksnproxy', 'ios-mdm']

/** Who may be set up for whom. Gateways do not cascade: depth is one (topic 204420). A hierarchy is a tree (KSCAPI a00401). */
export function checkRelations(
  name: string,
  {
    runs,
    zone,
    gateway,
    distributionPoint,
    keepConnection,
    through,
    proxy,
    server,
    secondary,
    forwardProxy,
    ksn,
  }: Relations,
  hosts: readonly TopologyHost[],
  fail: Fail,
): void {
  const at = (key: string) => ['hosts', name, key]
  const named = (wanted: string | undefined) => hosts.find(host => host.name === wanted)
  const primaryOf = (wanted: string) => (named(wanted)?.secondary ? named(wanted)?.server : undefined)
  const listed = (some: readonly TopologyHost[]) => some.map(host => host.name).join(', ') || 'none'
  for (const [key, value] of Object.entries({ gateway, distributionPoint, keepConnection }))
    if (value !== undefined && !runs.includes('klnagent'))
      fail(at(key), `only a Network Agent can be set up so; add klnagent to runs`)
  if (through !== undefined && !runs.includes('klnagent') && !runs.includes('android'))
    fail(at('through'), 'only a Network Agent or an Android device can be set up so; add klnagent or android to runs')
  if (through !== undefined) {
    const gateways = hosts.filter(host => host.gateway !== undefined)
    if (!gateways.some(host => host.name === through))
      fail(at('through'), `${through} is no connection gateway; the gateways are ${listed(gateways)}`)
    if (gateway !== undefined)
      fail(at('through'), 'a connection gateway cannot use another one (no cascading, topic 204420)')
  }
  if (proxy !== undefined) {
    const proxies = hosts.filter(isReverseProxy)
    if (!proxies.some(host => host.name === proxy))
      fail(at('proxy'), `${proxy} is no reverse proxy; the reverse proxies are ${listed(proxies)}`)
    if (runs.includes('reverse-proxy')) fail(at('proxy'), 'a reverse proxy does not pass another one')
    if (through !== undefined)
      fail(at('proxy'), 'a host goes by a reverse proxy or through a connection gateway, not both')
    if (named(proxy)?.zone === zone)
      fail(at('proxy'), `${proxy} stands in the same zone; what is behind a reverse proxy is dialled from another one`)
  }
  if (forwardProxy !== undefined && !runs.some(program => OUTBOUND.includes(program)))
    fail(at('forwardProxy'), `nothing on this host reaches out by a proxy; ${OUTBOUND.join(', ')} do`)
  checkKsn(name, { runs, gateway, distributionPoint, secondary, ksn }, fail)
  const servers = hosts.filter(host => host.runs.includes('klserver'))
  if (server !== undefined && !servers.some(host => host.name === server))
    fail(at('server'), `${server} is no Administration Server; the Servers are ${listed(servers)}`)
  if (secondary === undefined) return
  if (!runs.includes('klserver'))
    fail(at('secondary'), 'only an Administration Server can be one; add klserver to runs')
  if (server === undefined) fail(['hosts', name], 'server is missing; a secondary Server names its primary')
  const above = [name]
  for (let next: string | undefined = server; next !== undefined; next = primaryOf(next)) {
    if (above.includes(next)) fail(at('server'), `the hierarchy would be a loop: ${[...above, next].join(' under ')}`)
    above.push(next)
  }
}

/** Where a KSN proxy may stand, and what it may be told there (KSCAPI a00220, a00253). */
function checkKsn(
  name: string,
  {
    runs,
    gateway,
    distributionPoint,
    secondary,
    ksn,
  }: Pick<Relations, 'runs' | 'gateway' | 'distributionPoint' | 'secondary' | 'ksn'>,
  fail: Fail,
): void {
  const at = (...keys: string[]) => ['hosts', name, ...keys]
  const atServer = runs.includes('klserver')
  if (!runs.includes('ksnproxy')) {
    if (ksn !== undefined) fail(at('ksn'), 'there is no KSN proxy on this host; add ksnproxy to runs')
    return
  }
  if (!atServer && gateway === undefined && distributionPoint !== true)
    fail(at('runs'), 'ksnproxy stands on an Administration Server or on a distribution point (distributionPoint: true)')
  const { enabled = atServer, https = false, useServer = !atServer } = ksn ?? {}
  if (https && !enabled) fail(at('ksn', 'https'), 'the KSN proxy of this host is off; add enabled: true')
  if (ksn?.useServer && atServer && secondary === undefined)
    fail(at('ksn', 'useServer'), 'there is no Administration Server above this one')
  if (enabled && useServer && gateway === 'dmz')
    fail(at('ksn'), 'a gateway in a DMZ dials no Server; add useServer: false, and it asks Kaspersky itself')
}

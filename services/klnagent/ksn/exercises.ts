import { createHash } from 'node:crypto'
import { hostNamed, type Topology } from '../../../shared/config/topology.ts'
import { httpClient } from '../../../shared/http/client.ts'
import { postJson } from '../../../shared/kaspersky/client.ts'
import { askReputation } from '../../../shared/ksn/ask-reputation.ts'
import { NetError, TimeoutError } from '../../../shared/net/errors.ts'
import type { Exercise, Service } from '../../../shared/service.ts'
import { readKsn, sealKsn } from '../../../shared/wire/ksn-datagram.ts'
import type { Agent } from '../agent.ts'
import { pointTrust } from '../distribution-point/trust.ts'

/** A file that nobody has asked about, so that the first answer has to come from KSN. */
const fileOf = (nonce: string): string => createHash('sha256').update(nonce).digest('hex')

/** The second answer comes from memory: a proxy that asks KSN every time is of no use. */
function expectCache({ answeredFrom }: { answeredFrom?: unknown }): void {
  if (answeredFrom !== 'cache')
    throw new NetError(
      'NOT_CACHED',
      `asked twice, the KSN proxy answered from ${answeredFrom} again, not from its cache`,
    )
}

const byTcp =
  (agent: Agent): Exercise =>
  async (host, { nonce, to, timeout, signal }) => {
    const version = agent.settings.kscVersion
    expectCache(await askReputation(host, { to, nonce, version, sha256: fileOf(nonce), timeout, signal, times: 2 }))
  }

const byUdp: Exercise = async (host, { nonce, to, timeout }) => {
  const peer = await host.udpTo(to)
  const ask = async () => {
    await peer.send(sealKsn({ kind: 'reputation-request', nonce, at: Date.now(), sha256: fileOf(nonce) }))
    peer.observe({ what: 'request-sent', detail: { nonce } })
    const bytes = await peer.receive(timeout)
    if (!bytes) throw new TimeoutError(`the answer of ${to.host}`, timeout)
    const answer = readKsn(bytes, ['reputation', 'reputation-refused'])
    peer.observe({ what: 'reply-received', detail: { nonce: answer.nonce } })
    if (answer.kind === 'reputation-refused') throw new NetError(answer.code, answer.reason)
    return answer
  }
  try {
    await ask()
    expectCache(await ask())
  } finally {
    peer.close()
  }
}

const byHttps =
  (agent: Agent, topology: Topology): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    await agent.meetServer(timeout)
    const atServer = hostNamed(topology, to.host)?.runs.includes('klserver')
    const tls = atServer ? { ...agent.trustWithoutLearning, servername } : pointTrust(agent.memory, servername)
    const client = httpClient(host, to, { tls, timeout, signal })
    try {
      const body = { sha256: fileOf(nonce) }
      await postJson(client, '/ksn', body, nonce)
      expectCache((await postJson(client, '/ksn', body, nonce)) as object)
    } finally {
      await client.close()
    }
  }

/** x-ksn-*: the reputation of a file from the KSN proxy of the Server or of the zone's distribution point, asked twice. */
export const ksnExercises = (agent: Agent, topology: Topology): Service['exercises'] => ({
  'x-ksn-tcp': byTcp(agent),
  'x-ksn-udp': byUdp,
  'x-ksn-https': byHttps(agent, topology),
})

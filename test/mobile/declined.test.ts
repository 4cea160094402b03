/** A Server without ports of mobile devices, which a gateway asks to take one: it says so, and the phone is reset at once. */
import { once } from 'node:events'
import { connect } from 'node:tls'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { openLabState } from '../../lab/lab-state.ts'
import { startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { SignalKeeper } from '../../services/klserver/gateways/signal-keeper.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostNamed } from '../../shared/config/topology.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { temporary } from '../cli/kit.ts'
import { journalled } from '../klserver/kit.ts'

it('an invitation to a port that the Server does not have is declined, with those that it has', async () => {
  using folder = temporary()
  const topology = loadTopology('gateway')
  const gateway = hostNamed(topology, 'gateway')
  if (!gateway) throw new Error('no gateway')
  const { credentials } = await openLabState(folder.path, topology)
  const external = topology.hosts.map(({ name }) => name).filter(name => name !== 'gateway')
  const settings = { serverCertificate: credentials.identity('common').cert }
  await using lab = await startLab('gateway', { external, settings, state: folder.path, seed: 1 })
  const book = createAddressBook({
    addresses: new Map(['gateway', 'klserver'].map(name => [name, '127.0.0.1'])),
    ports: 'ephemeral',
  })
  book.bound({ host: 'gateway', port: 13000 }, 'tcp', lab.endpoint('gateway', 13000))
  const host = createHost({ name: 'klserver', book, journal: new Journal(), local: new LocalSockets() })
  const agents = await host.listen(13000, { tls: credentials.identity('common') }, connection => connection.close())
  const administration = {
    ...{ host, credentials, settings: readSettings({}), log: pino({ level: 'silent' }) },
    store: { arrived: async () => {} },
  }
  const keeper = new SignalKeeper(
    administration as unknown as ConstructorParameters<typeof SignalKeeper>[0],
    gateway,
    { 13000: agents },
    () => 0,
  )
  try {
    await journalled(lab, entry => entry.what === 'signal' && entry.detail.state === 'established')
    const { address, port } = lab.endpoint('gateway', 13292)
    const phone = connect({ host: address, port, rejectUnauthorized: false })
    const [error] = await once(phone, 'error').catch(cause => [cause])
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    const refused = await journalled(lab, ({ what, port: on }) => what === 'carry-refused' && on === 13292)
    expect(refused.detail).toMatchObject({
      reason: expect.stringContaining('klserver does not listen on 13292; what it is given by gateways goes to 13000'),
    })
  } finally {
    await keeper.stop()
    await agents.close()
  }
})

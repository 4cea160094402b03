/** Ports that are taken, local sockets, and a crowd that says nothing. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createAddressBook } from '../../shared/net/address-book.ts'
import type { Connection } from '../../shared/net/host.ts'
import { holderOf } from '../../shared/net/port-holder.ts'
import { answersFin, identityFor, network, queue, read, seen, taken, words } from './kit.ts'

test('a taken port is refused in words that say what to do', async () => {
  const held = await taken()
  await using net = network(held.port)
  await expect(net.server.listen(13000, {}, () => {})).rejects.toMatchObject({
    name: 'ListenError',
    code: 'EADDRINUSE',
    message: expect.stringContaining(`server cannot listen on 127.0.0.1:${held.port}/tcp: the port is held by `),
    hint: 'stop that process, or run the lab with --ports ephemeral',
  })
  held.server.close()
})

test('an address that this machine does not have', async () => {
  const addresses = new Map([['server', '192.0.2.1']])
  const book = createAddressBook({ addresses, ports: 'ephemeral' })
  await using net = network()
  Object.assign(net.book, { bind: book.bind })
  await expect(net.server.listen(1, {}, () => {})).rejects.toMatchObject({
    code: 'EADDRNOTAVAIL',
    message: expect.stringContaining('this machine has no address 192.0.2.1'),
  })
})

describe.runIf(process.platform === 'linux')('who holds a port', () => {
  const script = `
    const server = require('node:net').createServer()
    server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

  test('is named with its command and pid, for TCP', async () => {
    using other = spawn(process.execPath, ['-e', script, 'a-service-of-somebody-else'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(other.stdout, 'data')
    const port = Number(line)
    expect(holderOf(port, 'tcp')).toMatch(new RegExp(`^node.* \\(pid ${other.pid}\\)$`))
    expect(holderOf(port, 'tcp')?.length).toBeLessThan(80)
    expect(holderOf(port, 'udp')).toBeNull()
    await using net = network(port)
    await expect(net.server.listen(13000, {}, () => {})).rejects.toThrow(`(pid ${other.pid})`)
    other.kill()
    await once(other, 'exit')
    expect(holderOf(port, 'tcp')).toBeNull()
    await (await net.server.listen(13000, {}, () => {})).close()
  })

  test.each(['udp4', 'udp6'] as const)('is named for %s', async type => {
    const socket = createSocket(type)
    await once(socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1'), 'listening')
    const { port } = socket.address()
    expect(holderOf(port, 'udp')).toContain(`(pid ${process.pid})`)
    expect(holderOf(port, 'tcp')).toBeNull()
    if (type === 'udp4') {
      await using net = network(port)
      await expect(net.server.udp(15000, () => {})).rejects.toMatchObject({
        code: 'EADDRINUSE',
        message: expect.stringContaining(`${port}/udp: the port is held by`),
      })
    }
    socket.close()
  })

  test('is nobody who only connects to it', async () => {
    const held = await taken()
    const client = connect(held.port, '127.0.0.1')
    await once(client, 'connect')
    const { localPort = 0 } = client
    expect(holderOf(localPort, 'tcp')).toBeNull()
    client.destroy()
    held.server.close()
  })
})

test.each([
  ['plain', {}],
  ['TLS', { tls: await identityFor('server') }],
])('1,000 connections that send nothing do not keep a %s port from serving another', async (_, options) => {
  await using net = network()
  const listener = await net.listen(13000, options)
  const idle = Array.from({ length: 1_000 }, (): Socket => connect(listener.at.port, listener.at.address))
  await Promise.all(
    idle.map(socket =>
      once(
        socket.on('error', () => {}),
        'connect',
      ),
    ),
  )
  const connection = await net.client.dial(
    { host: 'server', port: 13000 },
    { timeout: 5_000, ...('tls' in options ? { tls: { rule: () => null } } : {}) },
  )
  connection.stream.write('ping')
  const responder = await listener.next()
  expect(await read(responder.stream)).toBe('ping')
  responder.stream.write('pong')
  expect(await read(connection.stream)).toBe('pong')
  expect(words(net.journals.server).filter(word => word === 'first-bytes')).toHaveLength(1)
  for (const socket of idle) socket.destroy()
})

describe('inside one device', () => {
  test('a local socket is dialled by its name, and journalled without a port', async () => {
    await using net = network()
    const arrived = queue<Connection>()
    const listener = await net.server.listenLocal('klnagent', arrived.put)
    const connection = await net.server.dialLocal('klnagent')
    connection.stream.write('ping')
    const responder = await arrived.next()
    expect(await read(responder.stream)).toBe('ping')
    answersFin(responder)
    connection.close()
    await seen(net.journals.server, 'closed')
    expect(net.journals.server.entries().slice(0, 3)).toMatchObject([
      {
        what: 'connecting',
        transport: 'local',
        port: null,
        detail: { to: 'local:klnagent', address: 'local:klnagent' },
      },
      { what: expect.stringMatching(/^(connected|accepted)$/) },
      { what: expect.stringMatching(/^(connected|accepted)$/) },
    ])
    await listener.close()
  })

  test('another device does not have it: refused', async () => {
    await using net = network()
    const listener = await net.server.listenLocal('klnagent', () => {})
    await expect(net.client.dialLocal('klnagent')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await listener.close()
    await expect(net.server.dialLocal('klnagent')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect((await seen(net.journals.client, 'connect-failed')).detail.code).toBe('ECONNREFUSED')
  })
})

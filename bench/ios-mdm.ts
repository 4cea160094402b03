/**
 * Idle polls over mutual TLS per second, at the iOS MDM Server and at a bare fastify HTTPS route that asks for client certificates
 * too, in turns. Each server has a process of its own; the client keeps 16 connections busy. Beside the rate, what a request costs the
 * server in CPU time: on a busy machine that is the steadier figure. Bounded: 9 rounds of 1 s each.
 *
 *   node bench/ios-mdm.ts
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import type { Lab } from '../lab/start-lab.ts'
import type { ServerIdentity } from '../shared/net/host.ts'
import { managedPhone, NAME, startMdm } from '../test/ios-mdm/kit.ts'

const ROUNDS = 9
const ROUND = 1_000
const CONNECTIONS = 16

interface Served {
  port: number
  ca: string
  identity: ServerIdentity
  udid: string
}

async function serve(kind: string): Promise<void> {
  const lab = await startMdm()
  const { identity, udid } = await managedPhone(lab)
  const port = kind === 'bare' ? await serveBare(lab) : lab.endpoint('ios-mdm', 443).port
  const served: Served = { port, ca: lab.state.credentials.authority('lab-ca'), identity, udid }
  process.send?.(served)
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.once('disconnect', () => process.exit())
}

async function serveBare(lab: Lab): Promise<number> {
  const https = { ...lab.state.credentials.identity('ios-mdm'), requestCert: true, rejectUnauthorized: false }
  const app = fastify({ https })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.put('/mdm/connect', async (_request, reply) => reply.send())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const at = app.server.address()
  return typeof at === 'object' && at ? at.port : 0
}

interface Figures {
  /** Requests a second. */
  rate: number
  /** us of the server's CPU time a request. */
  cpu: number
}

/** One round. Every answer is looked at: 200, and no command. */
async function poll({ child, served: { port, ca, identity, udid } }: Started): Promise<Figures> {
  const cpuTime = async () => {
    child.send('cpu')
    const [{ user, system }] = await once(child, 'message')
    return user + system
  }
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n<dict>\n\t<key>Status</key>\n\t<string>Idle</string>\n\t<key>UDID</key>\n\t<string>${udid}</string>\n</dict>\n</plist>\n`
  const request = `PUT /mdm/connect HTTP/1.1\r\nHost: ${NAME}\r\nUser-Agent: MDM/1.0\r\nContent-Type: application/x-apple-aspen-mdm; charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  let answered = 0
  let until = 0
  const one = async () => {
    const socket = connect({ host: '127.0.0.1', port, servername: NAME, ca, ...identity })
    socket.setNoDelay(true)
    await once(socket, 'secureConnect')
    let read = ''
    const over = new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.on('data', chunk => {
        read += chunk
        if (!read.includes('\r\n\r\n')) return
        if (!/^HTTP\/1\.1 200 [\s\S]*content-length: 0\r\n/i.test(read)) return reject(new Error(read))
        read = ''
        answered++
        if (performance.now() < until) socket.write(request)
        else resolve()
      })
    })
    return { go: () => socket.write(request), over, end: () => socket.destroy() }
  }
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, one))
  const spent = await cpuTime()
  const begun = performance.now()
  until = begun + ROUND
  for (const { go } of connections) go()
  await Promise.all(connections.map(({ over }) => over))
  const rate = (answered * 1_000) / (performance.now() - begun)
  const cpu = ((await cpuTime()) - spent) / answered
  for (const { end } of connections) end()
  return { rate, cpu }
}

interface Started {
  child: ChildProcess
  served: Served
}

async function start(kind: string): Promise<Started> {
  const child = fork(fileURLToPath(import.meta.url), [kind])
  const [served] = (await once(child, 'message')) as [Served]
  return { child, served }
}

const median = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? 0

async function compare(): Promise<void> {
  const [bare, mdm] = [await start('bare'), await start('mdm')]
  try {
    const rounds: { bare: Figures; mdm: Figures }[] = []
    // One round each to warm up.
    await poll(bare)
    await poll(mdm)
    for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await poll(bare), mdm: await poll(mdm) })
    const row = (what: string, figures: number[], digits = 0) =>
      `| ${what} | ${median(figures).toFixed(digits)} | ${Math.min(...figures).toFixed(digits)} - ${Math.max(...figures).toFixed(digits)} |`
    process.stdout.write(
      [
        `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})`,
        '',
        '| Idle polls over mutual TLS | median | range |',
        '|---|---|---|',
        row(
          'bare fastify route, requests/s',
          rounds.map(round => round.bare.rate),
        ),
        row(
          'iOS MDM Server, requests/s',
          rounds.map(round => round.mdm.rate),
        ),
        row(
          'ratio within a round (target 0.5)',
          rounds.map(round => round.mdm.rate / round.bare.rate),
          2,
        ),
        row(
          'bare fastify route, CPU us a request',
          rounds.map(round => round.bare.cpu),
        ),
        row(
          'iOS MDM Server, CPU us a request',
          rounds.map(round => round.mdm.cpu),
        ),
        row(
          'ratio of CPU time within a round',
          rounds.map(round => round.bare.cpu / round.mdm.cpu),
          2,
        ),
        '',
      ].join('\n'),
    )
  } finally {
    bare.child.disconnect()
    mdm.child.disconnect()
  }
}

const [kind] = process.argv.slice(2)
await (kind === undefined ? compare() : serve(kind))

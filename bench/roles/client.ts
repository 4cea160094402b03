/** The near end: devices that say a ClientHello first and then what the case wants. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { clientHello } from '../harness/client-hello.ts'
import { discard, fill } from '../harness/ends.ts'
import { HERE } from '../harness/listening.ts'
import { type Asked, play } from '../harness/role.ts'
import { quantile } from '../harness/statistics.ts'

/** As a device asks for its Server. */
const HELLO = await clientHello('klserver.lan.ksc-lab.test')
const BALL = Buffer.alloc(64, 1)
/** Idle connections that are opened at once. */
const SOME = 250

let received = 0
const waits: number[] = []
let measuring = false
const open: Socket[] = []

const keep = <S extends Socket>(socket: S): S => {
  open.push(socket.on('error', () => {}))
  return socket
}
const dial = (port: number) => {
  const socket = keep(connect({ port, host: HERE, noDelay: true }))
  socket.write(HELLO)
  return socket
}
const dialTls = (port: number) => keep(connectTls({ port, host: HERE, rejectUnauthorized: false }))

/** One ball to and fro on each connection. */
function ping(port: number): void {
  const socket = dial(port)
  let sent = performance.now()
  let missing = HELLO.length + BALL.length
  socket.write(BALL)
  socket.on('data', chunk => {
    missing -= chunk.length
    if (missing > 0) return
    const at = performance.now()
    if (measuring) waits.push(at - sent)
    sent = at
    missing = BALL.length
    socket.write(BALL)
  })
}

async function greeted(port: number): Promise<void> {
  const socket = connect({ port, host: HERE, noDelay: true }).on('error', () => {})
  socket.write(HELLO)
  await once(socket, 'data')
  socket.destroy()
  received += 1
}

/** Opens one after another, `at once` of them side by side, until it is told to close. */
let opening = false
async function openings(port: number): Promise<void> {
  while (opening) await greeted(port)
}

async function idle(port: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += SOME)
    await Promise.all(Array.from({ length: Math.min(SOME, count - done) }, () => once(dial(port), 'data')))
}

const counted = (bytes: number) => {
  received += bytes
}

play(async ({ ask, port, count }: Asked) => {
  const [to, many] = [Number(port), Array.from({ length: Number(count ?? 0) })]
  if (ask === 'upload') for (const _ of many) fill(dial(to))
  if (ask === 'download')
    for (const _ of many) {
      const socket = dial(to)
      socket.once('connect', () => discard(socket, counted))
    }
  if (ask === 'upload-tls') for (const _ of many) fill(dialTls(to))
  if (ask === 'download-tls') for (const _ of many) discard(dialTls(to), counted)
  if (ask === 'ping') for (const _ of many) ping(to)
  if (ask === 'idle') await idle(to, many.length)
  if (ask === 'openings') {
    opening = true
    for (const _ of many) void openings(to)
  }
  if (ask === 'measure') measuring = true
  if (ask === 'waits') {
    measuring = false
    const all = waits.splice(0)
    return { p50: quantile(all, 0.5), p99: quantile(all, 0.99), n: all.length }
  }
  if (ask === 'close') {
    opening = false
    for (const socket of open.splice(0)) socket.destroy()
  }
  return received
})

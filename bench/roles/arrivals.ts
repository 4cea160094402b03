/**
 * Devices that arrive at a gateway in a DMZ, each beside one bare TLS handshake in turn: the time from the ClientHello to the
 * first byte from the Server, and from dialling to the end of the handshake.
 *
 *   arrivals.ts STATE GATEWAY-PORT TLS-PORT
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, createSecureContext } from 'node:tls'
import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { clientHello } from '../harness/client-hello.ts'
import { HERE } from '../harness/listening.ts'
import { play } from '../harness/role.ts'
import { quantile } from '../harness/statistics.ts'

const [folder = '', gatewayPort, tlsPort] = process.argv.slice(2)
const { credentials } = await openLabState(folder, loadTopology('gateway'))
const secureContext = createSecureContext(credentials.identity('common'))
const HELLO = await clientHello('klserver.lan.ksc-lab.test')
/** ms between two; at once some 100 a second of each kind are far below what the gateway can do. */
const PAUSE = 10

async function invited(): Promise<number> {
  const socket = connect({ port: Number(gatewayPort), host: HERE, noDelay: true })
  await once(socket, 'connect')
  const started = performance.now()
  socket.write(HELLO)
  await once(socket, 'data')
  const took = performance.now() - started
  socket.on('error', () => {}).destroy()
  return took
}

async function bare(): Promise<number> {
  const started = performance.now()
  const socket = connectTls({ port: Number(tlsPort), host: HERE, secureContext, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const took = performance.now() - started
  socket.on('error', () => {}).destroy()
  return took
}

const several = (count: number, act: () => Promise<number>) => Promise.all(Array.from({ length: count }, act))

play(async ({ turns, atOnce }) => {
  const taken = { invited: [] as number[], bare: [] as number[] }
  for (let turn = 0; turn < Number(turns); turn++) {
    for (const [kind, act] of Object.entries({ invited, bare })) {
      taken[kind as keyof typeof taken].push(...(await several(Number(atOnce), act)))
      await sleep(PAUSE)
    }
  }
  return Object.fromEntries(
    Object.entries(taken).map(([kind, all]) => [kind, { p50: quantile(all, 0.5), p99: quantile(all, 0.99) }]),
  )
})

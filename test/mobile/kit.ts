/** Mobile devices by hand: byte by byte on 13292 and 13293, and with the verdict that `verify` would draw. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { makeCertificate } from '../../certs/make/certificate.ts'
import { pickEvidence } from '../../lab/evidence.ts'
import type { Lab } from '../../lab/start-lab.ts'
import { certificateRequest } from '../../services/android/certificate-request.ts'
import { now } from '../../shared/journal/clock.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { createScribe } from '../../shared/net/scribe.ts'
import { Session } from '../../shared/net/session.ts'
import { drawVerdict, type Verdict } from '../../shared/verdict/draw.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { hello, newNonce, Stranger } from '../klserver/kit.ts'

type MobilePort = 13292 | 13293

export const phoneHello = (more: Partial<Messages['hello']> = {}) =>
  hello({ role: 'mobile-device', host: 'phone', os: 'Android 16', ...more })

interface Arriving {
  identity?: ServerIdentity | undefined
  at?: Endpoint
}

/** TLS to a port of mobile devices; rejects with the alert where the Server sends one. */
export async function arrive(lab: Lab, port: MobilePort, { identity, at }: Arriving = {}): Promise<Stranger> {
  const place = at ?? lab.endpoint('klserver', port)
  const raw = connect({ host: place.address, port: place.port, noDelay: true })
  await once(raw, 'connect')
  const socket = connectTls({ socket: raw, rejectUnauthorized: false, ...(identity ?? {}) })
  const stranger = new Stranger(socket, raw)
  await once(socket, 'secureConnect')
  return stranger
}

export interface Phone extends Stranger {
  agentId: string
}

/** A mobile device whose session is open. */
export async function phone(
  lab: Lab,
  { port = 13292, ...arriving }: Arriving & { port?: MobilePort } = {},
  more: Partial<Messages['hello']> = {},
): Promise<Phone> {
  const stranger = await arrive(lab, port, arriving)
  const greeting = phoneHello(more)
  const welcome = await stranger.ask(greeting)
  if (welcome.type !== 'welcome') throw new Error(`no welcome but ${JSON.stringify(welcome)}`)
  return Object.assign(stranger, { agentId: greeting.agentId ?? '' })
}

export const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

export const enrol = async (user = 'alice', key = newKey()): Promise<Messages['enrol']> => ({
  type: 'enrol',
  id: 1,
  nonce: newNonce(),
  user,
  request: await certificateRequest(key, user),
})

/** A device with the certificate that the Server has issued to it. */
export async function enrolled(lab: Lab, user = 'alice') {
  const key = newKey()
  using device = await phone(lab)
  const answer = await device.ask(await enrol(user, key))
  if (answer.type !== 'enrolled') throw new Error(`not enrolled but ${JSON.stringify(answer)}`)
  return { agentId: device.agentId, identity: { cert: String(answer.certificate), key } }
}

interface Made {
  user?: string
  device?: string
  issuer: ServerIdentity
  /** How long it lasts from `now` on. */
  days?: number
  now?: Date
}

/** A client certificate of whatever authority, for whatever time. */
export function made({ user = 'alice', device, issuer, days = 365, now = new Date() }: Made): Promise<ServerIdentity> {
  const serialNumber = device === undefined ? {} : { serialNumber: device }
  return makeCertificate({
    commonName: user,
    ...serialNumber,
    issuer,
    algorithm: 'ec',
    purposes: ['client'],
    days,
    now,
  })
}

export const lapsed = (): Pick<Made, 'days' | 'now'> => ({ days: 1, now: new Date(Date.now() - 3 * 86_400_000) })

/** What `verify` would say of somebody who comes so: the journals of both ends, and the verdict of them. */
export async function judged(
  lab: Lab,
  port: MobilePort,
  { identity, greeting = {} }: { identity?: ServerIdentity; greeting?: Partial<Messages['hello']> },
): Promise<Verdict> {
  const book = createAddressBook({ addresses: new Map([['klserver', '127.0.0.1']]), ports: 'ephemeral' })
  const place = lab.endpoint('klserver', port)
  book.bound({ host: 'klserver', port }, 'tcp', place)
  const { journal } = lab
  const [nonce, since] = [randomUUID(), now()]
  const from = 'phone'
  const host = createHost({ name: from, book, journal, local: new LocalSockets() }).during({ nonce, timeout: 2_000 })
  const scribe = createScribe({ journal, host: from, end: 'initiator', port, transport: 'tcp', nonce })
  try {
    const tls = { rule: () => null, ...(identity ? { identity } : {}) }
    const connection = await host.dial({ host: 'klserver', port }, { tls })
    const session = new Session(connection, { readTimeout: 2_000, onMessage: () => {} })
    try {
      await session.greet(phoneHello({ host: from, nonce, ...greeting }))
    } finally {
      await session.close()
    }
    scribe.observe({ what: 'exercise-done', detail: {} })
  } catch (error) {
    const { code = 'UNKNOWN', message } = error as Error & { code?: string }
    scribe.observe({ what: 'exercise-failed', detail: { code, message } })
  }
  const instance = {
    initiator: from,
    responder: 'klserver',
    port,
    transport: 'tcp',
    via: [],
    oneWay: false,
    unheard: false,
    fallback: [],
  } as const
  const evidence = pickEvidence({ ...instance, expected: 'delivered' }, { all: journal.entries(), nonce, since })
  const at = `${place.address}:${place.port}`
  const between = 'whatever stands between them'
  return drawVerdict(evidence, { from, to: 'klserver', port, transport: 'tcp', at, between, carrier: null })
}

/** The iOS MDM Server on real sockets, and phones that write anything they like to it. */
import { randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Endpoint, Observation } from '../../shared/journal/observation.ts'
import { sign, verify } from '../../shared/mdm/cms.ts'
import { readPkcs12 } from '../../shared/mdm/pkcs12.ts'
import { printPlist, readDictionary } from '../../shared/mdm/plist.ts'
import type { Plist, PlistObject } from '../../shared/mdm/plist-value.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { ServiceSettings } from '../../shared/service.ts'

export const TOPOLOGY = fileURLToPath(new URL('ios-mdm.yaml', import.meta.url))
export const NAME = 'ios-mdm.dmz.ksc-lab.test'
export const TOPIC = 'com.apple.mgmt.External.ksc-lab'
export const CHECKIN = 'application/x-apple-aspen-mdm-checkin'
export const CONNECT = 'application/x-apple-aspen-mdm; charset=UTF-8'

/** The server alone. */
export const startMdm = (settings: Partial<ServiceSettings> = {}, state?: string): Promise<Lab> =>
  startLab(TOPOLOGY, { external: ['iphone-1', 'iphone-2'], settings, ...(state === undefined ? {} : { state }) })

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests index into answers; a wrong shape fails the expectation.
  json(): any
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  identity?: ServerIdentity | undefined
  /** Another place than the server's own. */
  at?: Endpoint
  servername?: string
}

/** One request on a connection of its own. */
export async function ask(lab: Lab, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, identity, at = lab.endpoint('ios-mdm', 443), servername = NAME } = asked
  const sent = request({
    host: at.address,
    port: at.port,
    path,
    method,
    servername,
    ca: lab.state.credentials.authority('lab-ca'),
    headers: {
      host: servername,
      connection: 'close',
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...headers,
    },
    ...identity,
  })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  const bytes = await buffer(answer)
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: bytes,
    text: bytes.toString(),
    json: () => JSON.parse(bytes.toString()),
  }
}

export const basic = (lab: Lab): Record<string, string> => {
  const { user, password } = lab.state.credentials.administrator
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

/** As the administrator. */
export const administer = (lab: Lab, method: string, path: string, body?: object): Promise<Answer> =>
  ask(lab, path, {
    method,
    headers: { ...basic(lab), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

export interface Profile {
  content: PlistObject
  signer: X509Certificate
  payload: (type: string) => PlistObject
  identity: ServerIdentity
}

export async function readProfile(bytes: Buffer): Promise<Profile> {
  const { content, signer } = await verify(bytes)
  const profile = readDictionary(content)
  const payload = (type: string) =>
    (profile.PayloadContent as PlistObject[]).find(({ PayloadType }) => PayloadType === type) ?? {}
  const { PayloadContent, Password } = payload('com.apple.security.pkcs12')
  return { content: profile, signer, payload, identity: readPkcs12(PayloadContent as Uint8Array, String(Password)) }
}

export const enrol = async (lab: Lab): Promise<Profile> =>
  readProfile((await ask(lab, '/enrol', { headers: basic(lab) })).body)

export type By = 'tls' | 'signature' | 'both' | 'nothing'

export interface Sending extends Asked {
  by?: By
  type?: string | null
}

/** A device with its certificate. What it sends is the test's. */
export class Phone {
  readonly udid = `00008020-${randomBytes(8).toString('hex').toUpperCase()}`
  readonly lab: Lab
  identity: ServerIdentity
  by: By = 'tls'

  constructor(lab: Lab, identity: ServerIdentity) {
    this.lab = lab
    this.identity = identity
  }

  get fingerprint(): string {
    return new X509Certificate(this.identity.cert).fingerprint256.replaceAll(':', '')
  }

  async put(path: string, message: PlistObject | string | Buffer, sending: Sending = {}): Promise<Answer> {
    const { by = this.by, type = null, headers = {}, ...more } = sending
    const body = Buffer.isBuffer(message) || typeof message === 'string' ? Buffer.from(message) : printPlist(message)
    const signed = by === 'signature' || by === 'both'
    return ask(this.lab, path, {
      method: 'PUT',
      headers: {
        ...(type === null ? {} : { 'content-type': type }),
        ...(signed ? { 'mdm-signature': (await sign(body, this.identity, 'detached')).toString('base64') } : {}),
        ...headers,
      },
      body,
      identity: by === 'tls' || by === 'both' ? this.identity : undefined,
      ...more,
    })
  }

  checkIn(MessageType: string, keys: PlistObject = {}, sending: Sending = {}): Promise<Answer> {
    return this.put('/mdm/checkin', { UDID: this.udid, MessageType, ...keys }, { type: CHECKIN, ...sending })
  }

  authenticate = (sending: Sending = {}): Promise<Answer> =>
    this.checkIn('Authenticate', { Topic: TOPIC, OSVersion: '18.2', SerialNumber: 'C02TEST' }, sending)

  tokenUpdate = (sending: Sending = {}, keys: PlistObject = {}): Promise<Answer> =>
    this.checkIn(
      'TokenUpdate',
      { Topic: TOPIC, Token: new Uint8Array([1, 2, 3]), PushMagic: `magic of ${this.udid}`, ...keys },
      sending,
    )

  report(Status: string, CommandUUID?: string, keys: PlistObject = {}, sending: Sending = {}): Promise<Answer> {
    const uuid: PlistObject = CommandUUID === undefined ? {} : { CommandUUID }
    return this.put('/mdm/connect', { UDID: this.udid, Status, ...uuid, ...keys }, { type: CONNECT, ...sending })
  }

  idle = (sending: Sending = {}): Promise<Answer> => this.report('Idle', undefined, {}, sending)

  /** The UUID of the command in the answer to a report, or null for none. */
  async asks(report: Promise<Answer>): Promise<string | null> {
    const { status, body, text } = await report
    if (status !== 200) throw new Error(`${status} ${text}`)
    return body.length === 0 ? null : String(readDictionary(body).CommandUUID)
  }

  async queue(RequestType: string, keys: Record<string, unknown> = {}): Promise<string> {
    const { json } = await administer(this.lab, 'POST', `/api/devices/${this.udid}/commands`, { RequestType, ...keys })
    return json().uuid
  }

  /** What the administrator sees of a command. */
  async command(uuid: string): Promise<Record<string, Plist>> {
    return (await administer(this.lab, 'GET', `/api/devices/${this.udid}/commands/${uuid}`)).json()
  }
}

/** A phone with a certificate that nobody has come with yet. */
export const newPhone = async (lab: Lab): Promise<Phone> => new Phone(lab, (await enrol(lab)).identity)

/** Under management. */
export async function managedPhone(lab: Lab): Promise<Phone> {
  const phone = await newPhone(lab)
  for (const { status, text } of [await phone.authenticate(), await phone.tokenUpdate()])
    if (status !== 200) throw new Error(`${status} ${text}`)
  return phone
}

/** Reasons that the server wrote into its journal. */
export const refusals = (lab: Pick<Lab, 'journal'>): { code: string; message: string }[] =>
  lab.journal
    .entries()
    .filter((entry): entry is Extract<Observation, { what: 'message-refused' }> => entry.what === 'message-refused')
    .map(({ detail }) => detail)

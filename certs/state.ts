/** The state folder: certificates, credentials, stores. Made at first start, reused afterwards, mended with a notice. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ServerIdentity } from '../shared/net/host.ts'
import type { Credentials } from '../shared/service.ts'
import { claim, locked, tighten, writeAtomically } from './folder.ts'
import { judge, RESERVE_BEFORE_EXPIRY } from './judge.ts'
import type { Algorithm } from './make/certificate.ts'
import { StateError } from './state-error.ts'
import { type Subjects, subjectOf, type UseName, use, useNames } from './uses.ts'

export { StateError } from './state-error.ts'

export interface LabState {
  /** Absolute. */
  dir: string
  credentials: Credentials
  /** Is there such a certificate? Those of the push services are made where a lab has them. */
  has(use: UseName): boolean
  /** Hosts of mobile devices, each of which has a certificate `client@HOST`. */
  devices: readonly string[]
  /** Sentences for the user: what was made anew, and what that means. */
  notices: string[]
  /** From the next handshake on a use shows another certificate; null: its own again. Nothing is written. */
  present(use: UseName, identity: ServerIdentity | null): void
  /** A folder of its own within the state folder, made with mode 0700. */
  folder(name: string): string
}

export interface StateOptions {
  subjects: Subjects
  /** Of certificates made now; default EC P-256. */
  algorithm?: Algorithm
  now?: () => Date
}

/** @throws StateError where the folder cannot be used, or holds something that is not ours to replace */
export async function openState(folder: string, options: StateOptions): Promise<LabState> {
  const dir = resolve(folder)
  claim(dir)
  return locked(dir, async () => {
    const notices: string[] = []
    const identities = await openCertificates(join(dir, 'certs'), options, notices)
    const administrator = openAdministrator(join(dir, 'credentials.json'), notices)
    const presented = new Map<string, ServerIdentity>()
    const find = (name: string): ServerIdentity => {
      const identity = presented.get(name) ?? identities.get(name as UseName)
      if (!identity) throw new Error(`the lab has no certificate ${name}; it has ${[...identities.keys()].join(', ')}`)
      return identity
    }
    return {
      dir,
      devices: options.subjects.devices ?? [],
      notices,
      has: use => identities.has(use),
      credentials: { identity: find, authority: name => find(name).cert, administrator },
      present(name, identity) {
        if (identity) presented.set(name, identity)
        else presented.delete(name)
      },
      folder(name) {
        const path = join(dir, name)
        mkdirSync(path, { recursive: true, mode: 0o700 })
        return path
      },
    }
  })
}

async function openCertificates(
  folder: string,
  { subjects, algorithm = 'ec', now = () => new Date() }: StateOptions,
  notices: string[],
): Promise<Map<UseName, ServerIdentity>> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StateError(
      `${folder} is no folder (${(error as NodeJS.ErrnoException).code})`,
      'move it away; the lab makes it anew',
    )
  }
  const have = new Map<UseName, ServerIdentity>()
  for (const name of useNames(subjects)) {
    const order = use(name)
    const subject = subjectOf(name, subjects)
    const issuer = 'issuer' in order ? have.get(order.issuer as UseName) : undefined
    const wanted = {
      now: now(),
      ...(subject ? { subject } : {}),
      ...(issuer ? { issuer } : {}),
    }
    const isReserve = order.kind === 'server' && order.reserve === undefined
    const kept = read(folder, name, notices)
    const fault = kept ? judge(kept, isReserve ? { ...wanted, beforeExpiry: RESERVE_BEFORE_EXPIRY } : wanted) : null
    if (kept && fault === null) {
      have.set(name, kept)
      continue
    }
    const reserve =
      order.kind === 'server' && order.reserve && fault?.startsWith('expires')
        ? read(folder, order.reserve, notices)
        : null
    if (reserve && judge(reserve, wanted) === null) {
      notices.push(
        `the ${order.name} certificate ${fault}; its reserve takes over, as agents have learnt it, and a new reserve is made`,
      )
      have.set(name, keep(folder, name, reserve))
      // Two uses with one certificate: the reserve is no longer one.
      if (order.kind === 'server' && order.reserve) forget(folder, order.reserve)
      continue
    }
    // Loaded only where it is needed: what makes certificates takes 150 ms to load.
    const { make } = await import('./make/index.ts')
    have.set(name, keep(folder, name, await make(name, have, subjects, algorithm, now())))
    if (fault !== null)
      notices.push(`the ${order.name} certificate in ${folder} ${fault}; a new one is made${consequence(name)}`)
  }
  return have
}

const consequence = (name: UseName): string =>
  name.split('@')[0] === 'common'
    ? ', and enrolled agents will refuse it (Administration Server authentication error) until `klmover -cert` gives it to them'
    : ''

function read(folder: string, name: string, notices: string[]): ServerIdentity | null {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  if (!existsSync(cert) && !existsSync(key)) return null
  try {
    const notice = tighten(key)
    if (notice) notices.push(notice)
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } catch {
    return { cert: '', key: '' }
  }
}

function keep(folder: string, name: string, identity: ServerIdentity): ServerIdentity {
  writeAtomically(join(folder, `${name}.key`), identity.key)
  writeAtomically(join(folder, `${name}.crt`), identity.cert)
  return identity
}

const forget = (folder: string, name: string) => {
  for (const extension of ['crt', 'key']) rmSync(join(folder, `${name}.${extension}`), { force: true })
}

/** The internal account of the OpenAPI and the Web Console; its password is drawn once per state folder. */
function openAdministrator(file: string, notices: string[]): Credentials['administrator'] {
  if (existsSync(file)) {
    const notice = tighten(file)
    if (notice) notices.push(notice)
    const kept = parseAdministrator(file)
    if (kept) return kept
    notices.push(`${file} cannot be read; the administrator has a new password`)
  }
  const administrator = { user: 'Administrator', password: randomBytes(12).toString('base64url') }
  writeAtomically(file, `${JSON.stringify({ administrator }, null, 2)}\n`)
  return administrator
}

function parseAdministrator(file: string): Credentials['administrator'] | null {
  try {
    const { administrator } = JSON.parse(readFileSync(file, 'utf8')) as {
      administrator?: { user?: unknown; password?: unknown }
    }
    const { user, password } = administrator ?? {}
    return typeof user === 'string' && typeof password === 'string' && password.length >= 8 ? { user, password } : null
  } catch {
    return null
  }
}

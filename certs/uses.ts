/** Every certificate of a lab: what it is for, who issues it, whose names it holds. */
import type { Algorithm, Subject } from './make/certificate.ts'

export type Holder = 'klserver' | 'gateway' | 'web-console' | 'ios-mdm' | 'kaspersky' | 'siem'
/** Their certificates are made where a lab has them: an RSA key takes a while. */
type PushHolder = 'apple' | 'google'
export type Subjects = Readonly<Record<Holder, Subject> & Partial<Record<PushHolder, Subject>>> & {
  /** Further Administration Servers of a hierarchy, by host: each has certificates of its own. */
  readonly servers?: Readonly<Record<string, Subject>>
  /** Mobile devices, by host. */
  readonly devices?: readonly string[]
}

/** What is made; `issuer` must stand before those it issues. */
export type Use =
  | { kind: 'authority'; name: string }
  | { kind: 'server'; name: string; holder: Holder; reserve?: string }
  | { kind: 'leaf'; name: string; holder: Holder | PushHolder; issuer: string }
  | { kind: 'push'; name: string; issuer: string }
  /** A key pair that signs tokens; its certificate shows nothing but the public key. */
  | { kind: 'signer'; name: string; holder: PushHolder; algorithm: Algorithm }
  /** Of a mobile device's user. */
  | { kind: 'device'; name: string; issuer: string }

export const uses = {
  'lab-ca': { kind: 'authority', name: 'ksc-lab authority' },
  'internet-ca': { kind: 'authority', name: 'ksc-lab internet authority' },
  'mobile-ca': { kind: 'authority', name: 'ksc-lab mobile authority' },
  common: { kind: 'server', name: 'Administration Server', holder: 'klserver', reserve: 'common-reserve' },
  'common-reserve': { kind: 'server', name: 'Administration Server (reserve)', holder: 'klserver' },
  gateway: { kind: 'leaf', name: 'Connection gateway', holder: 'gateway', issuer: 'common' },
  mobile: { kind: 'server', name: 'Administration Server mobile', holder: 'klserver', reserve: 'mobile-reserve' },
  'mobile-reserve': { kind: 'server', name: 'Administration Server mobile (reserve)', holder: 'klserver' },
  'web-server': { kind: 'leaf', name: 'Web Server', holder: 'klserver', issuer: 'lab-ca' },
  'web-console': { kind: 'leaf', name: 'Web Console Server', holder: 'web-console', issuer: 'lab-ca' },
  'ios-mdm': { kind: 'leaf', name: 'iOS MDM Server', holder: 'ios-mdm', issuer: 'lab-ca' },
  'apple-push': { kind: 'push', name: 'APSP:ksc-lab', issuer: 'internet-ca' },
  kaspersky: { kind: 'leaf', name: 'Kaspersky servers stand-in', holder: 'kaspersky', issuer: 'internet-ca' },
  apple: { kind: 'leaf', name: 'Apple servers stand-in', holder: 'apple', issuer: 'internet-ca' },
  'apple-push-key': { kind: 'signer', name: 'APNs authentication key', holder: 'apple', algorithm: 'ec' },
  google: { kind: 'leaf', name: 'Google servers stand-in', holder: 'google', issuer: 'internet-ca' },
  'google-account': { kind: 'signer', name: 'FCM service account', holder: 'google', algorithm: 'rsa' },
  siem: { kind: 'leaf', name: 'SIEM system stand-in', holder: 'siem', issuer: 'lab-ca' },
} as const satisfies Record<string, Use>

/** What every Administration Server has of its own. */
const PER_SERVER = ['common', 'common-reserve', 'web-server'] as const
type PerServer = (typeof PER_SERVER)[number]
export const isPerServer = (name: string): name is PerServer => (PER_SERVER as readonly string[]).includes(name)

/** `common@branch`: the same of a further Server; `client@android-1`: of a mobile device. */
export type UseName = keyof typeof uses | `${PerServer}@${string}` | `client@${string}`

/** In the order in which they are made: an issuer before what it issues. */
export const useNames = ({ servers = {}, devices = [], ...subjects }: Subjects): UseName[] => [
  ...(Object.keys(uses) as (keyof typeof uses)[]).filter(name => isHeld(uses[name], subjects)),
  ...Object.keys(servers).flatMap(server => PER_SERVER.map(name => `${name}@${server}` as const)),
  ...devices.map(device => `client@${device}` as const),
]

const isHeld = (order: Use, subjects: Subjects): boolean => !('holder' in order) || subjects[order.holder] !== undefined

export function use(name: UseName): Use {
  const [base = '', server] = name.split('@')
  if (base === 'client') return { kind: 'device', name: `user of ${server}`, issuer: 'mobile-ca' }
  const order: Use = uses[base as keyof typeof uses]
  if (server === undefined) return order
  return {
    ...order,
    name: `${order.name} ${server}`,
    ...(order.kind === 'server' && order.reserve ? { reserve: `${order.reserve}@${server}` } : {}),
  }
}

/** Whose names a certificate holds. */
export function subjectOf(name: UseName, subjects: Subjects): Subject | undefined {
  const order = use(name)
  if (order.kind !== 'server' && order.kind !== 'leaf') return undefined
  const [, server] = name.split('@')
  return server === undefined ? subjects[order.holder] : subjects.servers?.[server]
}

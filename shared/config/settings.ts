import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
/** Everything an administrator may set by environment, with its default and where that comes from. */
import { KSC_VERSIONS } from '../catalogue/types.ts'
import { addressSet } from '../net/address-set.ts'
import type { ServiceSettings } from '../service.ts'
import { DATABASE_EXPECTED, readDatabaseUrl, withoutLogin } from './database.ts'
import { ConfigError } from './error.ts'
import { BYPASS_EXPECTED, isBypassPattern, PROXY_EXPECTED, readProxyUrl, withoutPassword } from './forward-proxy.ts'
import { PROXY_PROTOCOL_EXPECTED, type ProxyProtocolSetting, readProxyProtocol } from './proxy-protocol.ts'

interface Setting<T> {
  fallback: T
  read: (text: string) => T | undefined
  accepts: string
  /** How a wrong value is quoted, where it may hold a secret. */
  quote?: (text: string) => string
}

const seconds = (fallback: number): Setting<number> => ({
  fallback: fallback * 1_000,
  read: text =>
    /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= 86_400 ? Number(text) * 1_000 : undefined,
  accepts: 'seconds, more than 0 and at most 86400',
})
const count = (fallback: number, most: number): Setting<number> => ({
  fallback,
  read: text => (/^\d+$/.test(text) && Number(text) <= most ? Number(text) : undefined),
  accepts: `a whole number from 0 to ${most}`,
})
const yesNo = (fallback: boolean): Setting<boolean> => ({
  fallback,
  read: text => (text === 'yes' ? true : text === 'no' ? false : undefined),
  accepts: 'yes or no',
})

const addresses: Setting<readonly string[]> = {
  fallback: [],
  read: readAddresses,
  accepts: 'addresses and networks with commas between them, as 198.51.100.20,127.0.0.0/8',
}

const settings = {
  /** The documentation of 14.2 is the last Windows release whose port table was read. */
  KSC_LAB_VERSION: {
    fallback: '14.2',
    read: text => KSC_VERSIONS.find(version => version === text),
    accepts: KSC_VERSIONS.join(', '),
  } satisfies Setting<string>,
  /** 15 min (help topic 3320). */
  KSC_LAB_SYNC_INTERVAL: seconds(900),
  /** docs/protocol.md section 2. */
  KSC_LAB_HELLO_TIMEOUT: seconds(10),
  /** 300 devices per Server (help topic 3320). */
  KSC_LAB_DO_NOT_DISCONNECT_LIMIT: count(300, 100_000),
  /** 30 s and 180 s: as klnagchk prints them (observed). */
  KSC_LAB_CONNECT_TIMEOUT: seconds(30),
  KSC_LAB_READ_TIMEOUT: seconds(180),
  KSC_LAB_DO_NOT_DISCONNECT: yesNo(false),
  /** 10,000 devices per connection gateway (topic 204420). */
  KSC_LAB_GATEWAY_LIMIT: count(10_000, 100_000),
  /** 50,000 devices per push server (topic 214620). */
  KSC_LAB_PUSH_LIMIT: count(50_000, 100_000),
  /** 30 s; assumed (the documentation names none). */
  KSC_LAB_SIGNAL_KEEPALIVE: seconds(30),
  /** The embedded one: a lab needs nothing else. */
  KSC_LAB_DATABASE: {
    fallback: null,
    read: text => (readDatabaseUrl(text) ? text : undefined),
    accepts: DATABASE_EXPECTED,
    quote: withoutLogin,
  } satisfies Setting<string | null>,
  /** Assumed: time enough for a database server that is started beside the Server. */
  KSC_LAB_DATABASE_WAIT: seconds(60),
  /** KSCAPI a00214, KLSRV_PROXY_SECTION: none unless one is set. */
  KSC_LAB_FORWARD_PROXY: {
    fallback: null,
    read: text => (readProxyUrl(text) ? text : undefined),
    accepts: PROXY_EXPECTED,
    quote: withoutPassword,
  } satisfies Setting<string | null>,
  KSC_LAB_FORWARD_PROXY_BYPASS: {
    fallback: [],
    read: text => {
      const patterns = text.split(',').map(pattern => pattern.trim())
      return patterns.every(isBypassPattern) ? patterns : undefined
    },
    accepts: `${BYPASS_EXPECTED}, set apart by commas`,
  } satisfies Setting<readonly string[]>,
  /** Nobody: whoever may write the header may be any device. */
  KSC_LAB_CLIENT_CERT_FROM: addresses,
  KSC_LAB_CLIENT_CERT_HEADER: {
    fallback: null,
    read: text => (/^[a-z0-9-]{1,64}$/i.test(text) ? text.toLowerCase() : undefined),
    accepts: 'the name of an HTTP header',
  } satisfies Setting<string | null>,
  /** 10 wrong passwords in a row (topic 175900); 0: any number. */
  KSC_LAB_LOGIN_ATTEMPTS: count(10, 100_000),
  /** Everybody (topic 231374). */
  KSC_LAB_LOGIN_FROM: addresses,
  /** None: the lab's administrator, and all that stands in the lab for administrators, logs in by one step. */
  KSC_LAB_TWO_STEP_USER: {
    fallback: null,
    read: text => {
      const [, user, password] = /^([^:]{1,64}):(.{8,256})$/.exec(text) ?? []
      if (user === undefined || password === undefined || /^administrator$/i.test(user)) return undefined
      return { user, password }
    },
    accepts: 'NAME:PASSWORD, with another name than Administrator and 8 characters or more of password',
    quote: text => text.replace(/:.*$/s, ':***'),
  } satisfies Setting<{ user: string; password: string } | null>,
  /** The console asks (topic 3321); nobody is there to answer, and no is what harms nobody. */
  KSC_LAB_CONSOLE_NEW_CERTIFICATE: {
    fallback: 'refuse',
    read: text => (text === 'refuse' || text === 'accept' ? text : undefined),
    accepts: 'refuse or accept',
  } satisfies Setting<'refuse' | 'accept'> as Setting<'refuse' | 'accept'>,
  /** No page of the vendor mentions the PROXY protocol: off, unless one is set. */
  KSC_LAB_PROXY_PROTOCOL: {
    fallback: [] as readonly ProxyProtocolSetting[],
    read: readProxyProtocol,
    accepts: PROXY_PROTOCOL_EXPECTED,
  } satisfies Setting<readonly ProxyProtocolSetting[]>,
  /** Nobody: whoever may write a header may be anybody. */
  KSC_LAB_PROXY_PROTOCOL_FROM: addresses,
  /** A certificate given at installation instead of trust on first use (help topic 3321). */
  KSC_LAB_SERVER_CERTIFICATE: {
    fallback: null,
    read: readCertificate,
    accepts: 'a readable PEM file with the Administration Server certificate',
  } satisfies Setting<string | null>,
}
export type SettingName = keyof typeof settings

/** @throws ConfigError for a value that is not accepted, and for a `KSC_LAB_` name that nobody reads. */
export function readSettings(environment: NodeJS.ProcessEnv): ServiceSettings {
  const others = [
    'KSC_LAB_STATE',
    'KSC_LAB_LOG',
    'KSC_LAB_MANAGEMENT',
    'KSC_LAB_FIREWALL',
    'KSC_LAB_TOPOLOGY',
    'KSC_LAB_AGENTS',
    'KSC_LAB_PORTS',
    'KSC_LAB_ROUTES',
    'KSC_LAB_WEB_CONSOLE_PORT',
    'KSC_LAB_BUILD_NETWORK',
  ]
  const unknown = Object.keys(environment).find(
    name => name.startsWith('KSC_LAB_') && !(name in settings) && !others.includes(name),
  )
  if (unknown !== undefined)
    throw new ConfigError(
      `environment: ${unknown} is not known; accepted are ${[...Object.keys(settings), ...others].join(', ')}`,
    )
  const get = <N extends SettingName>(name: N): (typeof settings)[N]['fallback'] => {
    const {
      fallback,
      read,
      accepts,
      quote = (given: string) => given,
    } = settings[name] as Setting<(typeof settings)[N]['fallback']>
    const text = environment[name]
    if (text === undefined || text === '') return fallback
    const value = read(text)
    if (value === undefined)
      throw new ConfigError(`environment: ${name}=${JSON.stringify(quote(text))} is not accepted; expected: ${accepts}`)
    return value
  }
  return {
    kscVersion: get('KSC_LAB_VERSION'),
    syncInterval: get('KSC_LAB_SYNC_INTERVAL'),
    helloTimeout: get('KSC_LAB_HELLO_TIMEOUT'),
    doNotDisconnectLimit: get('KSC_LAB_DO_NOT_DISCONNECT_LIMIT'),
    connectTimeout: get('KSC_LAB_CONNECT_TIMEOUT'),
    readTimeout: get('KSC_LAB_READ_TIMEOUT'),
    doNotDisconnect: get('KSC_LAB_DO_NOT_DISCONNECT'),
    serverCertificate: get('KSC_LAB_SERVER_CERTIFICATE'),
    database: get('KSC_LAB_DATABASE'),
    databaseWait: get('KSC_LAB_DATABASE_WAIT'),
    forwardProxy: get('KSC_LAB_FORWARD_PROXY'),
    forwardProxyBypass: get('KSC_LAB_FORWARD_PROXY_BYPASS'),
    gatewayLimit: get('KSC_LAB_GATEWAY_LIMIT'),
    pushLimit: get('KSC_LAB_PUSH_LIMIT'),
    signalKeepAlive: get('KSC_LAB_SIGNAL_KEEPALIVE'),
    clientCertFrom: get('KSC_LAB_CLIENT_CERT_FROM'),
    clientCertHeader: get('KSC_LAB_CLIENT_CERT_HEADER'),
    loginAttempts: get('KSC_LAB_LOGIN_ATTEMPTS'),
    loginFrom: get('KSC_LAB_LOGIN_FROM'),
    twoStepUser: get('KSC_LAB_TWO_STEP_USER'),
    consoleNewCertificate: get('KSC_LAB_CONSOLE_NEW_CERTIFICATE'),
    proxyProtocol: get('KSC_LAB_PROXY_PROTOCOL'),
    proxyProtocolFrom: get('KSC_LAB_PROXY_PROTOCOL_FROM'),
  }
}

function readAddresses(text: string): readonly string[] | undefined {
  const entries = text.split(',').map(entry => entry.trim())
  return addressSet(entries) ? entries : undefined
}

function readCertificate(file: string): string | undefined {
  try {
    return new X509Certificate(readFileSync(file)).toString()
  } catch {
    return undefined
  }
}

/** The database of an Administration Server as one URL names it (arrow 1). */

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type ServerDialect = 'mysql' | 'postgres' | 'mssql'

/** A database server somewhere on the network. */
export interface DatabasePlace {
  dialect: ServerDialect
  host: string
  port: number
  user: string
  password: string
  database: string
  /** Null: TLS is not asked for. `pin`: SHA-256 of the server's certificate; `ca`: PEM of an authority, and the name is compared. */
  tls: { pin: string } | { ca: string } | null
}

/** Help topics 183039, 158830: which DBMS is behind which port. */
export const DATABASE_PORT: Record<ServerDialect, number> = { mysql: 3306, postgres: 5432, mssql: 1433 }

const DIALECTS: Readonly<Record<string, ServerDialect>> = {
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mssql:': 'mssql',
}

/** Host of the lab as which it is known. */
export const DBMS = 'dbms'

/** The database of each Server, where a topology has several. */
export const SERVER_PLACE = '{server}'

export const DATABASE_EXPECTED = `sqlite, or {mysql,postgres,mssql}://user:password@host[:port]/database, user and password percent-encoded, and where TLS is asked for ?tls=pin:<SHA-256 of the certificate> (not mssql) or ?tls=ca:<readable PEM file>`

/** Undefined where it is none of what is expected. */
export function readDatabaseUrl(text: string): DatabasePlace | 'sqlite' | undefined {
  if (text === 'sqlite') return 'sqlite'
  const url = URL.parse(text)
  const dialect = DIALECTS[url?.protocol ?? '']
  if (!url || dialect === undefined || url.hash !== '') return undefined
  const port = url.port === '' ? DATABASE_PORT[dialect] : Number(url.port)
  const tls = readTls(url.searchParams, dialect)
  try {
    const [user = '', password = '', database = ''] = [url.username, url.password, url.pathname.slice(1)].map(
      decodeURIComponent,
    )
    const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1')
    if (tls === undefined || port < 1 || user === '' || !HOST.test(host) || !DATABASE.test(database)) return undefined
    return { dialect, host, port, user, password, database, tls }
  } catch {
    return undefined
  }
}

const HOST = /^[a-z0-9.:_-]{1,253}$/i
/** What every one of them takes for a name without quotes, and the placeholder. */
const DATABASE = /^[a-z0-9_{}-]{1,63}$/i

function readTls(options: URLSearchParams, dialect: ServerDialect): DatabasePlace['tls'] | undefined {
  const [[name, value = ''] = [], ...more] = [...options]
  if (name === undefined) return null
  if (name !== 'tls' || more.length > 0) return undefined
  const pin = /^pin:([0-9a-f:]+)$/i.exec(value)?.[1]?.replaceAll(':', '').toUpperCase()
  if (pin !== undefined) return pin.length === 64 && dialect !== 'mssql' ? { pin } : undefined
  const file = /^ca:(.+)$/.exec(value)?.[1]
  if (file === undefined) return undefined
  try {
    const ca = readFileSync(file, 'utf8')
    new X509Certificate(ca)
    return { ca }
  } catch {
    return undefined
  }
}

/** For messages: user and password are nobody's business, wherever they were put. */
export const withoutLogin = (text: string): string =>
  text.replace(/^([a-z]+:\/\/)?\S*@/i, '$1***@').replace(/(pass\w*=)[^&]*/gi, '$1***')

/** `mysql://192.0.2.40:3306/ksc`: for logs and messages. */
export const printPlace = ({ dialect, host, port, database }: DatabasePlace): string =>
  `${dialect}://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`

import type { Login } from '../security/account.ts'

const TOKENS = ['KSCT', 'KSCWT', 'KSCGW'] as const

export type Authorization =
  | ({ scheme: 'KSCBasic' } & Login)
  | { scheme: (typeof TOKENS)[number]; token: string }
  | { scheme: 'KSCMFA'; code: string }
  | { unsupported: string }

/**
 * `Authorization: KSCBasic user="<base64>", pass="<base64>", domain="<base64>", internal="1"`. As liberal as the clients
 * are: `domain` and `internal` may be missing, and are not looked at; quotes may be missing; blanks may stand anywhere.
 * `KSCMFA totp="123456"` is the second step; the other schemes are followed by one token.
 * @returns what is not supported, in words that quote nothing of a header which may hold secrets, where it is anything else.
 */
export function readAuthorization(header: string): Authorization {
  const [, scheme = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(header) ?? []
  const token = TOKENS.find(known => known.toLowerCase() === scheme.toLowerCase())
  if (token) return { scheme: token, token: unquoted(rest.trim()) }
  const fields = new Map(rest.split(',').map(field => fieldOf(field)))
  if (scheme.toLowerCase() === 'kscmfa') {
    const code = fields.get('totp')
    return code === undefined ? { unsupported: 'KSCMFA without totp="..."' } : { scheme: 'KSCMFA', code }
  }
  if (scheme.toLowerCase() !== 'kscbasic')
    return { unsupported: `this scheme; KSCBasic, ${TOKENS.join(', ')} and KSCMFA are` }
  const [user, password] = [fields.get('user'), fields.get('pass')]
  if (user === undefined || password === undefined) return { unsupported: 'KSCBasic without user="..." and pass="..."' }
  return { scheme: 'KSCBasic', user: decode(user), password: decode(password) }
}

/** base64 ends in `=` itself: only the first one separates. */
function fieldOf(field: string): [name: string, value: string] {
  const at = field.indexOf('=')
  return [field.slice(0, at).trim().toLowerCase(), unquoted(field.slice(at + 1).trim())]
}

const unquoted = (value: string) => value.replace(/^"|"$/g, '')
const decode = (base64: string) => Buffer.from(base64, 'base64').toString('utf8')

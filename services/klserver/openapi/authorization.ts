export interface Login {
  user: string
  password: string
}

export type Authorization = Login | { unsupported: string }

/**
 * `Authorization: KSCBasic user="<base64>", pass="<base64>", domain="<base64>", internal="1"`. As liberal as the clients
 * are: `domain` and `internal` may be missing, and are not looked at; quotes may be missing; blanks may stand anywhere.
 * @returns what is not supported, in words, where it is anything else.
 */
export function readAuthorization(header: string): Authorization {
  const [, scheme = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(header) ?? []
  if (scheme.toLowerCase() !== 'kscbasic')
    return { unsupported: `the scheme ${JSON.stringify(scheme.slice(0, 32))}; KSCBasic is` }
  const fields = new Map(rest.split(',').map(field => fieldOf(field)))
  const [user, password] = [fields.get('user'), fields.get('pass')]
  if (user === undefined || password === undefined) return { unsupported: 'KSCBasic without user="..." and pass="..."' }
  return { user: decode(user), password: decode(password) }
}

/** base64 ends in `=` itself: only the first one separates. */
function fieldOf(field: string): [name: string, value: string] {
  const at = field.indexOf('=')
  const value = field.slice(at + 1).trim()
  return [field.slice(0, at).trim().toLowerCase(), value.replace(/^"|"$/g, '')]
}

const decode = (base64: string) => Buffer.from(base64, 'base64').toString('utf8')

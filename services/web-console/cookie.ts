/** `__Host-`: only over TLS, for this very host and the whole of it (RFC 6265bis section 4.1.3.2). */
const NAME = '__Host-ksc-lab-console'
const FLAGS = 'Path=/; HttpOnly; Secure; SameSite=Lax'

export const sessionCookie = (id: string): string => `${NAME}=${id}; ${FLAGS}`
export const noCookie = `${NAME}=; Max-Age=0; ${FLAGS}`

export function sessionIdIn(header: string | undefined): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === NAME && value) return value
  }
  return null
}

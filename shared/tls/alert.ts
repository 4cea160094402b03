/** The TLS alert that OpenSSL reports inside an error code, in RFC 8446's own word: `unknown_ca`, or null. */
export function alertIn(error: { code?: string | undefined }): string | null {
  const match = /ALERT_([A-Z_]+)$/.exec(error.code ?? '')
  return match?.[1] === undefined ? null : match[1].toLowerCase()
}

const PLAINTEXT_CODES = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
])

/** Does this handshake error mean that what came back was no TLS at all? */
export const saysPlaintext = (code: string): boolean => PLAINTEXT_CODES.has(code)

import type { HttpRejection } from '../facts.ts'
import { lostNonce } from '../requests.ts'
import { target, type Word } from '../word.ts'

export const httpRejected: Word<'http-rejected'> = {
  word: 'http-rejected',
  means: 'An HTTP answer came that the stand-in did not give: a proxy refused, or could not pass it on.',
  when: ({ httpRejection, replySent, altered }) =>
    httpRejection !== null &&
    !lostNonce(altered) &&
    (httpRejection.by === 'proxy' || httpRejection.status >= 300 || !replySent),
  explain: it => {
    const rejection = it.facts.httpRejection as HttpRejection
    const { asked, status, server, error, by } = rejection
    const who = [server ? `Server: ${server}` : 'no Server header', ...(error ? [error] : [])].join(', ')
    if (by === 'proxy')
      return `${it.from} asked ${it.between} for ${asked} and got HTTP ${status} (${who}); ${it.to} saw nothing: ${proxyMeaning(rejection)}`
    const { accepted, requestReceived, replySent } = it.facts
    const seen = replySent
      ? 'got the request and answered otherwise'
      : requestReceived
        ? 'got the request and had not answered'
        : accepted
          ? 'saw the connection and not this request'
          : 'saw no connection'
    return `${it.from} asked ${target(it)} for ${asked} and got HTTP ${status} (${who}), which ${it.to} did not say: it ${seen}, so ${it.between} answered by itself`
  },
  advise: it => {
    const rejection = it.facts.httpRejection as HttpRejection
    return rejection.by === 'proxy' ? proxyAdvice(rejection, it.from) : boxAdvice(rejection.status, target(it))
  },
}

/** Squid 5.7 answers CONNECT to a name that its DNS does not know with the second, of status 500. */
const isUnresolved = (error: string | null): boolean => /^ERR_(DNS_FAIL|CANNOT_FORWARD)\b/.test(error ?? '')

function proxyMeaning({ status, user, error, server }: HttpRejection): string {
  if (status === 407)
    return user === null ? 'it wants a user and a password' : `it does not accept the login of ${user}`
  if (status === 403) return 'its policy does not allow this'
  if (isUnresolved(error)) return 'it does not resolve the name'
  if (status === 504) return 'it got no answer there in time'
  if (status === 500 || status === 502 || status === 503) return 'it could not get there'
  return status === 405 || status === 501
    ? 'it does not do CONNECT'
    : `${server ?? 'whoever answered'} is perhaps no forward proxy`
}

function proxyAdvice({ asked, status, authenticate, error }: HttpRejection, from: string): string {
  const host = asked.replace(/^CONNECT /, '').replace(/:\d+$/, '')
  if (status === 407)
    return authenticate !== null && !/\bbasic\b/i.test(authenticate)
      ? `the proxy asks for ${authenticate}, and ${from} speaks Basic alone: allow Basic for it, or except its address from authentication`
      : 'put the right user and password into the proxy settings of the Server (KSC_LAB_FORWARD_PROXY=http://user:password@host:port), percent-encoded'
  if (status === 403)
    return `allow CONNECT to ${asked.replace(/^CONNECT /, '')} from ${from} in the proxy (Squid: \`acl\` with \`dstdomain ${host}\`, \`http_access allow\` above the deny that matched)`
  if (isUnresolved(error))
    return `let the proxy resolve ${host}: its DNS (Squid: \`dns_nameservers\`, \`hosts_file\`), or the outer half of a split DNS`
  if ([500, 502, 503, 504].includes(status))
    return `let the proxy itself reach ${asked.replace(/^CONNECT /, '')}: the firewall behind it, its own upstream, its DNS`
  return 'point the Server at a forward proxy that does CONNECT (port 443 is among its safe ports), or except the target from it (KSC_LAB_FORWARD_PROXY_BYPASS)'
}

function boxAdvice(status: number, to: string): string {
  switch (status) {
    case 401:
    case 403:
      return `let the box pass this without an access rule of its own: nginx \`auth_basic off\`, \`allow\`; HAProxy \`http-request deny\``
    case 405:
    case 501:
      return 'let the method pass: nginx `limit_except`, `dav_methods`; HAProxy `http-request deny if METH_...`; PUT is needed for iOS MDM (arrow 17)'
    case 413:
      return 'raise the size of a request body: nginx `client_max_body_size`, HAProxy `tune.bufsize` with a body rule, Apache `LimitRequestBody`'
    case 400:
      return 'look whether the box expects TLS where plain HTTP is spoken or the other way round, or another Host: nginx `listen ... ssl`, `server_name`'
    case 414:
    case 431:
      return 'raise the limits of request line and headers: nginx `large_client_header_buffers`, HAProxy `tune.http.maxhdr`'
    case 502:
    case 503:
      return `let the box reach ${to}, with the protocol that it speaks: nginx \`proxy_pass https://...\` for a TLS port, HAProxy \`server ... ssl\`; then the firewall behind the box`
    case 504:
      return `give the responder more time, or let the box reach ${to}: nginx \`proxy_read_timeout\`, \`proxy_connect_timeout\`; HAProxy \`timeout server\`, \`timeout connect\``
    default:
      return status < 400
        ? `let the box pass this through to ${to} instead of answering (a redirect, a captive portal, a default page): nginx \`server_name\`, \`location\`; HAProxy \`use_backend\``
        : `see in the log of the box which rule answered, and pass this through to ${to}`
  }
}

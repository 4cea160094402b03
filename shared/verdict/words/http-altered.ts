import { type Alteration, lostNonce } from '../requests.ts'
import { target, type Word } from '../word.ts'

export const httpAltered: Word<'http-altered'> = {
  word: 'http-altered',
  means:
    'Method, path, Host, body or a needed header of an HTTP request changed on the way, and the answer was for that.',
  when: ({ altered, done, requestReceived, timedOut, ending, transfer }) =>
    altered.length > 0 &&
    // Without its nonce nobody can say that it arrived, however well it was answered.
    (lostNonce(altered) ? !requestReceived : !done) &&
    !timedOut &&
    ending === null &&
    transfer?.complete !== false,
  explain: it => {
    const { altered, failure } = it.facts
    return `${it.from} sent an HTTP request to ${target(it)}, and another one arrived at ${it.to}: ${altered.map(inWords).join(', ')}. ${capital(it.between)} changes it${failure ? `; the answer was for that one (${failure.message})` : ''}`
  },
  advise: it => {
    const { altered } = it.facts
    const words = altered.flatMap(one => mend(one) ?? [])
    const headers = altered.filter(one => mend(one) === null).map(({ what }) => what)
    if (headers.length > 0)
      words.push(
        `let ${headers.join(', ')} pass: nginx \`proxy_set_header\` without it, HAProxy \`http-request del-header\`, \`set-header\``,
      )
    return words.join('; ')
  },
}

function inWords({ what, sent, came }: Alteration): string {
  if (mend({ what, sent, came }) === null) return `the header ${what} came ${came}`
  return what === 'body' && sent === came ? `another body of ${came}` : `${what} ${came} instead of ${sent}`
}

/** Null for a header other than Host. */
function mend({ what }: Alteration): string | null {
  switch (what) {
    case 'method':
      return 'let the method as it is: nginx `proxy_method`, HAProxy `http-request set-method`'
    case 'path':
      return 'let the path as it is: nginx `proxy_pass` without a path of its own and without `rewrite`, HAProxy `http-request set-path`, `replace-path`'
    case 'Host':
      return 'pass the Host on: nginx `proxy_set_header Host $http_host;`, HAProxy without `http-request set-header Host`'
    case 'body':
      return 'pass the body on byte by byte: nginx without `proxy_set_body` and filters, HAProxy without a rewriting filter'
    default:
      return null
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A database server is no host of the lab: nothing may be said of what it saw. */
import { expect, test } from 'vitest'
import type { Observation, Sight } from '../../shared/journal/observation.ts'
import { drawVerdict } from '../../shared/verdict/draw.ts'

const certificate = { fingerprint: 'AB', subject: 'CN=dbms', issuer: 'CN=dbms', validTo: '2030' }
const connecting: Sight = { what: 'connecting', detail: { to: 'dbms:3306', address: '192.0.2.40', port: 3306 } }
const end = { address: '192.0.2.10', port: 50_000 }
const connected: Sight = { what: 'connected', detail: { local: end, remote: end } }
const failed = (code: string): Sight => ({ what: 'exercise-failed', detail: { code, message: `it failed: ${code}` } })
const closed = (how: 'fin' | 'rst'): Sight => ({ what: 'closed', detail: { how, after: 3 } })

const cases: [word: string, sights: Sight[]][] = [
  [
    'refused',
    [connecting, { what: 'connect-failed', detail: { code: 'ECONNREFUSED', after: 1 } }, failed('ECONNREFUSED')],
  ],
  ['filtered', [connecting, { what: 'connect-failed', detail: { code: 'TIMEOUT', after: 700 } }, failed('TIMEOUT')]],
  [
    'unreachable',
    [connecting, { what: 'connect-failed', detail: { code: 'EHOSTUNREACH', after: 1 } }, failed('EHOSTUNREACH')],
  ],
  ['silent', [connecting, connected, failed('TIMEOUT')]],
  ['closed', [connecting, connected, closed('fin'), failed('CLOSED')]],
  ['reset', [connecting, connected, closed('rst'), failed('ECONNRESET')]],
  [
    'tls-refused',
    [
      connecting,
      connected,
      { what: 'tls-failed', detail: { code: 'TLS_NOT_OFFERED', message: 'the server offers no TLS', alert: null } },
      failed('TLS_NOT_OFFERED'),
    ],
  ],
  [
    'tls-refused',
    [
      connecting,
      connected,
      { what: 'tls-failed', detail: { code: 'ERR_SSL', message: 'alert', alert: 'handshake_failure' } },
      failed('ERR_SSL'),
    ],
  ],
  [
    'certificate-rejected',
    [
      connecting,
      connected,
      { what: 'certificate-seen', detail: certificate },
      { what: 'certificate-refused', detail: { code: 'pin', reason: 'another pin', fingerprint: 'AB' } },
      failed('CERTIFICATE'),
    ],
  ],
  [
    'login-refused',
    [
      connecting,
      connected,
      { what: 'login-refused', detail: { user: 'klserver', message: 'Access denied' } },
      closed('fin'),
      failed('ER_ACCESS_DENIED_ERROR'),
    ],
  ],
  [
    'delivered',
    [connecting, connected, { what: 'reply-received', detail: { nonce: 'n' } }, { what: 'exercise-done', detail: {} }],
  ],
]

test.each(cases)('%s is drawn from one end alone', (word, sights) => {
  const initiator = sights.map(
    (sight, t) =>
      ({
        t,
        host: 'klserver',
        end: 'initiator',
        connection: 'k#1',
        port: 3306,
        transport: 'tcp',
        nonce: 'n',
        ...sight,
      }) as Observation,
  )
  const evidence = {
    initiator,
    responder: [],
    carriers: [],
    elsewhere: [],
    oneWay: false,
    mustNotPass: false,
    unheard: true,
  }
  const names = {
    from: 'klserver',
    to: 'dbms',
    port: 3306,
    transport: 'tcp',
    at: '192.0.2.40:3306',
    between: 'the firewall',
    carrier: null,
  } as const
  const { verdict, explanation, advice } = drawVerdict(evidence, names)
  expect(verdict).toBe(word)
  expect(explanation).not.toMatch(/dbms (never )?saw|dbms presented/)
  expect(advice === '').toBe(word === 'delivered')
})

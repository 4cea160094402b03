import { type HttpAnswer, type HttpClient, httpClient } from '../http/client.ts'
import { NetError } from '../net/errors.ts'
import type { Host, Target } from '../net/host.ts'
import type { Credentials } from '../service.ts'
import { issuedByAuthority } from '../tls/rules.ts'

export interface KasperskyAddress {
  host: Host
  credentials: Credentials
  to: Target
  servername: string
  /** ms for each step. */
  timeout: number
  signal?: AbortSignal
}

/** One connection to the Kaspersky servers (443, TLS): public trust, as a browser's. */
export const kasperskyClient = ({ host, credentials, to, servername, timeout, signal }: KasperskyAddress): HttpClient =>
  httpClient(host, to, {
    tls: { servername, ca: [credentials.authority('internet-ca')], rule: issuedByAuthority },
    timeout,
    ...(signal ? { signal } : {}),
  })

/** One question in JSON, and its answer. */
export async function postJson(client: HttpClient, path: string, body: object, nonce: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const answer = await client.request({ method: 'POST', path, headers, body: JSON.stringify(body), nonce })
  return JSON.parse(expectStatus(answer, 200, path).body.toString())
}

export function expectStatus(answer: HttpAnswer, status: number, path: string): HttpAnswer {
  if (answer.status !== status)
    throw new NetError(
      'HTTP',
      `${path}: HTTP ${answer.status} instead of ${status}: ${answer.body.toString('utf8', 0, 200)}`,
    )
  return answer
}

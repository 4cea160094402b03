import type { HttpClient } from '../../shared/http/client.ts'
import { NONCE_HEADER } from '../../shared/http/nonce.ts'
import { NetError } from '../../shared/net/errors.ts'

export interface Call {
  /** `Class.Method`. */
  method: string
  args?: object
  headers?: Record<string, string>
  nonce?: string | undefined
}

/** The name and password did not pass, or there was no session (401); no right to log in, or the session has ended (403). */
export const NOT_AUTHENTICATED = 'NOT_AUTHENTICATED'
export const FORBIDDEN = 'FORBIDDEN'

/** In which the Server says why it lets nobody in (OpenAPI reference). */
const ERROR_HEADER = 'x-ksc-errormsg'

const REFUSALS: Readonly<Record<number, string>> = { 401: NOT_AUTHENTICATED, 403: FORBIDDEN }

/**
 * One OpenAPI call on 13299. Every application error comes with HTTP 200 and a `PxgError` inside (OpenAPI reference, "Errors").
 *
 * @throws NetError `NOT_AUTHENTICATED`, `FORBIDDEN`, `HTTP_<status>`, `NOT_OPENAPI`, `OPENAPI_ERROR`, `NO_NONCE`, and what the connection fails with.
 */
export async function call(
  client: HttpClient,
  { method, args = {}, headers = {}, nonce }: Call,
): Promise<Record<string, unknown>> {
  const answer = await client.request({
    method: 'POST',
    path: `/api/v1.0/${method}`,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(args),
    ...(nonce === undefined ? {} : { nonce }),
  })
  if (answer.status !== 200) {
    const by = answer.headers.server === undefined ? '' : `, answered by "${answer.headers.server}"`
    const why = answer.headers[ERROR_HEADER]
    throw new NetError(
      REFUSALS[answer.status] ?? `HTTP_${answer.status}`,
      `${method}: HTTP ${answer.status}${by}${why === undefined ? '' : `, ${why}`}`,
      { cause: why },
    )
  }
  if (nonce !== undefined && answer.headers[NONCE_HEADER] !== nonce)
    throw new NetError('NO_NONCE', `${method}: HTTP 200 without this exercise's nonce; somebody else answered`)
  const body = parse(answer.body.toString())
  if (body === null) throw new NetError('NOT_OPENAPI', `${method}: the answer is no JSON object`)
  if (isObject(body.PxgError)) {
    const { module = '?', code = '?', message = 'without a message' } = body.PxgError
    throw new NetError('OPENAPI_ERROR', `${method}: ${module} ${code}: ${message}`)
  }
  return body
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

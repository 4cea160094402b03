/** HTTP byte for byte as asked: no normalised paths, no retries, a connection per request. */
import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, request as plain, type RequestOptions } from 'node:http'
import { request as secure } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests index into answers; a wrong shape fails the expectation.
  json(): any
}

export interface Place {
  address: string
  port: number
  /** PEM authority and the name asked for; absent for plain HTTP. */
  tls?: { ca: string; servername: string }
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

export function ask({ address: host, port, tls }: Place, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = asked
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const options: RequestOptions = { host, port, path, method, headers: { connection: 'close', ...headers } }
  return new Promise((resolve, reject) => {
    const sent = tls ? secure({ ...options, ...tls }) : plain(options)
    sent.once('error', reject).once('response', async answer => {
      const body = await buffer(answer)
      const { statusCode: status = 0, headers } = answer
      resolve({ status, headers, body, text: body.toString(), json: () => JSON.parse(body.toString()) })
    })
    sent.end(text)
  })
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

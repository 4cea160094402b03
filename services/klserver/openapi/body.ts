import type { FastifyInstance } from 'fastify'
import { notJson } from './errors.ts'

/** Bytes (assumed); the largest search filters of known clients are far below. */
export const BODY_LIMIT = 1_048_576

/**
 * The arguments are a JSON object, whatever `Content-Type` says: it may be absent, and curl says form data. No body at
 * all is no arguments.
 */
export function readBodiesAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  // Without it fastify refuses nothing; with a malformed one it would answer 415. Until then it is written down as it came.
  app.addHook('preParsing', async request => {
    delete request.headers['content-type']
  })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, readArguments(body.toString()))
    } catch (error) {
      done(error as Error)
    }
  })
}

function readArguments(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw notJson(`the body is not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notJson('the body is JSON but not an object of arguments, for example {"wstrFilter":""}')
  return value as Record<string, unknown>
}

import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { createApp } from '../../shared/http/app.ts'
import { isNonce, NONCE_HEADER } from '../../shared/http/nonce.ts'
import { connectionOf } from '../../shared/http/serve.ts'
import { NetError } from '../../shared/net/errors.ts'
import { Sha256 } from '../../shared/wire/messages/reputation.ts'
import type { KsnProxy } from './proxy.ts'

/** 17111: `POST /ksn` as at Kaspersky itself, so that only the host differs. Paths and bodies are the lab's own (assumed). */
export function ksnApp(proxy: KsnProxy): FastifyInstance {
  const app = createApp({ bodyLimit: 4 * 1024, keepAliveTimeout: 60_000 })
  app.post('/ksn', { schema: { body: v.object({ sha256: Sha256 }) } }, async (request, reply) => {
    const { sha256 } = request.body as { sha256: string }
    const nonce = request.headers[NONCE_HEADER]
    try {
      const connection = connectionOf(app, request)
      return await proxy.ask({
        sha256,
        nonce: isNonce(nonce) ? nonce : request.id.padEnd(8, '-'),
        observe: sight => connection?.observe(sight),
      })
    } catch (error) {
      if (!(error instanceof NetError)) throw error
      return reply.code(502).send({ code: error.code, error: error.message })
    }
  })
  return app
}

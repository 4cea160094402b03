import { X509Certificate } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as v from 'valibot'
import { PROFILE_TYPE } from '../../../shared/mdm/protocol.ts'
import { challenge, isAdministrator } from '../administrator.ts'
import { enrolmentPage } from '../enrolment/page.ts'
import { enrolmentProfile } from '../enrolment/profile.ts'
import type { MdmServer } from '../server.ts'

const Query = v.object({ code: v.optional(v.pipe(v.string(), v.maxLength(64))) })

/** `GET /enrol?code=CODE`, or with the administrator's password: a profile with a fresh identity. */
export function enrol(app: FastifyInstance, server: MdmServer): void {
  app.get<{ Querystring: { code?: string } }>('/enrol', { schema: { querystring: Query } }, async (request, reply) => {
    const { code } = request.query
    reply.header('cache-control', 'no-store')
    if (code !== undefined && code !== '' && !server.codes.redeem(code.trim()))
      return reply
        .code(403)
        .type('text/html')
        .send(enrolmentPage('This code was used already, has expired, or never was.'))
    if ((code === undefined || code === '') && !isAdministrator(request, server.administrator))
      return challenge(reply).type('text/html').send(enrolmentPage(null))
    // Loaded with the first enrolment: what makes certificates takes 150 ms to load.
    const { issueIdentity } = await import('../enrolment/issue.ts')
    const signer = server.own()
    const profile = await enrolmentProfile({
      authorityName: nameAskedFor(request, signer.cert) ?? server.authorityName,
      topic: server.topic,
      root: server.root,
      signer,
      identity: await issueIdentity(server.deviceAuthority()),
    })
    server.log.info({ by: code ? 'code' : 'administrator' }, 'an enrolment profile was given out')
    return reply
      .type(PROFILE_TYPE)
      .header('content-disposition', 'attachment; filename="enrol.mobileconfig"')
      .send(profile)
  })
}

/** Host and port that the request names, where the server's certificate holds the name: behind a proxy that is another one. */
function nameAskedFor({ headers }: FastifyRequest, pem: string): string | null {
  const [, host, port] = /^([a-z0-9.-]{1,253})(:\d{1,5})?$/i.exec(headers.host ?? '') ?? []
  if (host === undefined) return null
  const certificate = new X509Certificate(pem)
  if (!certificate.checkHost(host) && !holdsAddress(certificate, host)) return null
  return `${host}${port === ':443' ? '' : (port ?? '')}`
}

function holdsAddress(certificate: X509Certificate, address: string): boolean {
  try {
    return certificate.checkIP(address) !== undefined
  } catch {
    // It throws for what is no address.
    return false
  }
}

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Credentials } from '../../shared/service.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Are these the administrator's name and password (Basic, RFC 7617)? */
export function isAdministrator(request: FastifyRequest, { user, password }: Credentials['administrator']): boolean {
  const [, base64] = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(request.headers.authorization ?? '') ?? []
  if (base64 === undefined) return false
  return timingSafeEqual(digest(Buffer.from(base64, 'base64').toString()), digest(`${user}:${password}`))
}

/** 401 is for people and scripts; no MDM address answers so. */
export const challenge = (reply: FastifyReply): FastifyReply =>
  reply.code(401).header('www-authenticate', 'Basic realm="ksc-lab iOS MDM", charset="UTF-8"')

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { connectionOf } from '../../../shared/http/serve.ts'
import { readDictionary } from '../../../shared/mdm/plist.ts'
import { PlistError, type PlistObject } from '../../../shared/mdm/plist-value.ts'
import { CHECKIN_TYPE } from '../../../shared/mdm/protocol.ts'
import { checkIn } from '../checkin/index.ts'
import { connect } from '../connect.ts'
import { type Identity, identify } from '../identify.ts'
import { CheckIn, Report, read, senderOf } from '../messages.ts'
import { Refusal } from '../refusal.ts'
import type { MdmServer } from '../server.ts'

/** `PUT /mdm/checkin` and `PUT /mdm/connect`. */
export function mdm(app: FastifyInstance, server: MdmServer): void {
  const answerCheckIn = (message: PlistObject, identity: Identity, reply: FastifyReply) => {
    const { MessageType, ...sender } = read(CheckIn, 'check-in', message)
    const udid = senderOf(sender)
    const answer = checkIn(server, MessageType, { udid, message, identity })
    server.log.info({ udid, message: MessageType, by: identity.by }, 'check-in')
    return answer ? reply.type(answer.type).send(answer.body) : reply.send()
  }

  app.put('/mdm/checkin', async (request, reply) => {
    const { message, identity } = await received(request)
    return answerCheckIn(message, identity, reply)
  })

  app.put('/mdm/connect', async (request, reply) => {
    const { message, identity, body } = await received(request)
    // Where the profile has no CheckInURL everything comes here; the media type tells which it is, and iOS 18 sends none.
    const type = request.headers['content-type']
    const isCheckIn = type?.startsWith(CHECKIN_TYPE) || (type === undefined && message.MessageType !== undefined)
    if (isCheckIn) return answerCheckIn(message, identity, reply)
    const { Status, CommandUUID, ...sender } = read(Report, 'report', message)
    const command = connect(server, { udid: senderOf(sender), status: Status, uuid: CommandUUID, identity, body })
    // No command is zero bytes: an empty property list would be one.
    return command === null ? reply.send() : reply.type('application/xml').send(command)
  })

  /** The sender is known before its property list is looked at. */
  const received = async (request: FastifyRequest) => {
    const { headers, body } = request
    if (!Buffer.isBuffer(body) || body.length === 0)
      throw new Refusal(400, 'message', 'an XML property list is expected as the body')
    const identity = await identify({ headers, body, connection: connectionOf(app, request) }, server.identifying)
    try {
      return { message: readDictionary(body), identity, body }
    } catch (error) {
      if (error instanceof PlistError) throw new Refusal(400, 'property-list', error.message)
      throw error
    }
  }
}

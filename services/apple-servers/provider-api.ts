/** Apple's provider API (docs/push.md): `POST /3/device/TOKEN` over HTTP/2. */
import type { Logger } from 'pino'
import type { H2Reply, H2Request } from '../../shared/http/h2.ts'
import { LONGEST_PAYLOAD, REASONS } from '../../shared/push/apple.ts'
import type { PushDevice } from '../../shared/push/devices.ts'
import type { LinkServer } from '../../shared/push/link-server.ts'
import { Rate } from '../../shared/push/rate.ts'
import type { Authentication, Provider } from './authenticate.ts'
import { idOf, readHeaders } from './headers.ts'
import { ApnsRefusal } from './refusal.ts'

/** "Too many requests were made consecutively to the same device token": 100 in 10 s (assumed). */
const MOST_PER_DEVICE = 100
const PER = 10_000
/** Topics of MDM servers; their way is the certificate. */
const MDM_TOPIC = 'com.apple.mgmt.'

export class ProviderApi {
  readonly #links: LinkServer
  readonly #authentication: Authentication
  readonly #log: Logger
  readonly #rate = new Rate(MOST_PER_DEVICE, PER)

  constructor(links: LinkServer, authentication: Authentication, log: Logger) {
    this.#links = links
    this.#authentication = authentication
    this.#log = log
  }

  readonly answer = (request: H2Request): H2Reply => {
    const id = idOf(request)
    try {
      const outcome = this.#take(request, id)
      this.#log.info({ id, outcome }, 'a push was taken')
      return { status: 200, headers: { 'apns-id': id }, body: '' }
    } catch (error) {
      const refusal = error instanceof ApnsRefusal ? error : new ApnsRefusal('InternalServerError')
      if (refusal !== error) this.#log.error({ err: error, id }, 'a request failed')
      const { reason, since } = refusal
      this.#log.info({ id, reason, path: request.path.slice(0, 24) }, 'a push was refused')
      request.connection.observe({
        what: 'message-refused',
        detail: { code: reason, message: `${REASONS[reason]} ${reason}` },
      })
      const body = JSON.stringify(since === undefined ? { reason } : { reason, timestamp: since })
      return { status: REASONS[reason], headers: { 'apns-id': id, 'content-type': 'application/json' }, body }
    }
  }

  #take(request: H2Request, id: string): string {
    const [, token] = /^\/3\/device\/([^/?]*)$/.exec(request.path) ?? []
    if (token === undefined) throw new ApnsRefusal('BadPath')
    if (request.method !== 'POST') throw new ApnsRefusal('MethodNotAllowed')
    const provider = this.#authentication.providerOf(request)
    const { topic: given, expires } = readHeaders(request, id)
    const topic = topicFor(provider, given)
    if (request.body === null) throw new ApnsRefusal('PayloadTooLarge')
    if (request.body.length === 0) throw new ApnsRefusal('PayloadEmpty')
    if (token === '') throw new ApnsRefusal('MissingDeviceToken')
    this.#check(this.#links.devices.byToken(token.toLowerCase()), topic)
    if (this.#rate.take(token) > 0) throw new ApnsRefusal('TooManyRequests')
    return this.#links.push(token.toLowerCase(), {
      ...{ id, topic, expires },
      payload: request.body.toString(),
      collapse: topic,
    })
  }

  #check(device: PushDevice | undefined, topic: string): void {
    if (!device) throw new ApnsRefusal('BadDeviceToken')
    const left = device.left[topic]
    if (left !== undefined) throw new ApnsRefusal('Unregistered', left)
    if (!device.topics.includes(topic)) throw new ApnsRefusal('DeviceTokenNotForTopic')
  }
}

function topicFor(provider: Provider, given: string | null): string {
  const topic = given ?? provider.topic
  if (topic === null) throw new ApnsRefusal('MissingTopic')
  const allowed = provider.topic === null ? !topic.startsWith(MDM_TOPIC) : topic === provider.topic
  if (!allowed) throw new ApnsRefusal('TopicDisallowed')
  return topic
}

/** What the server reads of a body; one byte more is too large. */
export const LONGEST_BODY = LONGEST_PAYLOAD

import { TimeoutError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Administration } from '../administration.ts'
import { sealWakeUp } from '../seal-wake-up.ts'

/** Arrow 2: a signed datagram to UDP 15000. Its answer is the contact that the agent makes because of it. */
export const wakeUp =
  (administration: Administration): Exercise =>
  async (host, { nonce, to, timeout }) => {
    const { called } = administration
    const contact = Promise.withResolvers<void>()
    called.set(nonce, contact)
    const peer = await host.udpTo(to)
    try {
      await peer.send(sealWakeUp(administration, to.host, nonce))
      peer.observe({ what: 'request-sent', detail: { nonce } })
      // Nothing is answered by datagram; listening is what hears a closed port.
      const silence = peer.receive(timeout).then(() => {
        throw new TimeoutError(`the contact of ${to.host}`, timeout)
      })
      await Promise.race([contact.promise, silence])
      peer.observe({ what: 'reply-received', detail: { nonce } })
    } finally {
      called.delete(nonce)
      peer.close()
    }
  }

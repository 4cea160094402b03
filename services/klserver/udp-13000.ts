import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Datagram, UdpPort } from '../../shared/net/host.ts'
import { checkFresh, DatagramError, ReplayGuard, readNotice } from '../../shared/wire/datagram.ts'
import type { Administration } from './administration.ts'

/** UDP 13000: a device is being turned off. Authenticated by the key that the device got at its first synchronisation. */
export function serveShutdownNotices({ host, store, log }: Administration): Promise<UdpPort> {
  const replays = new ReplayGuard()

  const receive = async (datagram: Datagram) => {
    const { notice, body, proof } = readNotice(datagram.bytes)
    datagram.observe({ what: 'request-received', detail: { nonce: notice.nonce } })
    if (notice.kind !== 'shutdown')
      throw new DatagramError('unknown-kind', `a shutdown notice is expected, not ${notice.kind}`)
    const key = await store.noticeKey(notice.agentId)
    if (!key) throw new DatagramError('unknown-device', `no device has the agent id ${notice.agentId}`)
    const expected = createHmac('sha256', key).update(body).digest()
    if (proof.length !== expected.length || !timingSafeEqual(proof, expected))
      throw new DatagramError('forged', "it is not authenticated with this device's key")
    checkFresh(notice.at, Date.now())
    replays.check(notice.nonce, Date.now())
    await store.turnedOff(notice.agentId, Date.now())
  }

  return host.udp(13000, datagram => {
    receive(datagram).catch(error => {
      // Nobody waits for this promise: a rejection that is not taken here would end the process.
      if (!(error instanceof DatagramError)) return log.error({ err: error }, 'a shutdown notice could not be handled')
      datagram.observe({
        what: 'datagram-refused',
        detail: { reason: `${error.code}: ${error.message}`, bytes: datagram.bytes.length },
      })
    })
  })
}

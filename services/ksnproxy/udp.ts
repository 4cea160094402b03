import { isNonce } from '../../shared/http/nonce.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Datagram, Host, UdpPort } from '../../shared/net/host.ts'
import type { ServiceContext } from '../../shared/service.ts'
import { checkFresh, DatagramError, unseal } from '../../shared/wire/datagram.ts'
import { type KsnDatagram, readKsn, sealKsn } from '../../shared/wire/ksn-datagram.ts'
import type { KsnProxy } from './proxy.ts'

/** 15111. What cannot be read is written down and not answered; a request that cannot be passed on is answered with the reason. */
export async function serveKsnDatagrams(host: Host, proxy: KsnProxy, log: ServiceContext['log']): Promise<UdpPort> {
  const answer = async (datagram: Datagram) => {
    // Also what is refused then has arrived, and under this nonce.
    const given = unseal(datagram.bytes).map.nonce
    if (isNonce(given)) datagram.observe({ what: 'request-received', detail: { nonce: given } })
    const { nonce, at, sha256 } = readKsn(datagram.bytes, ['reputation-request'])
    checkFresh(at, Date.now())
    const reply = await proxy
      .ask({ sha256, nonce, observe: datagram.observe })
      .then((said): KsnDatagram => ({ kind: 'reputation', nonce, at: Date.now(), ...said }))
      .catch((error: unknown): KsnDatagram => {
        if (!(error instanceof NetError)) throw error
        const { code, message } = error
        return { kind: 'reputation-refused', nonce, at: Date.now(), code, reason: message.slice(0, 1_000) }
      })
    await port.reply(datagram.from, sealKsn(reply))
    datagram.observe({ what: 'reply-sent', detail: { nonce } })
  }
  const port = await host.udp(15111, datagram => {
    answer(datagram).catch((error: unknown) => {
      if (!(error instanceof DatagramError)) return log.error({ err: error }, 'a datagram could not be answered')
      const reason = `${error.code}: ${error.message}`
      datagram.observe({ what: 'datagram-refused', detail: { reason, bytes: datagram.bytes.length } })
    })
  })
  return port
}

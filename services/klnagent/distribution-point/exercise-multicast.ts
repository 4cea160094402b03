import { NetError, TimeoutError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Multicaster } from './multicast/multicaster.ts'

/** x-dp-mcast: a package is sent once to the devices of the zone, and the one that was asked for says what it has of it. */
export const multicastPackage =
  (multicaster: Multicaster): Exercise =>
  async (host, { nonce, to, timeout, signal }) => {
    const peer = await host.multicastTo(to)
    try {
      const { outcome, reason } = await multicaster.send(peer, { device: to.host, nonce, timeout, signal })
      if (outcome === 'nothing') throw new TimeoutError(`a piece of the package at ${to.host}`, timeout)
      peer.observe({ what: 'reply-received', detail: { nonce } })
      if (outcome === 'refused') throw new NetError('REFUSED', `${to.host} did not take the package: ${reason}`)
    } finally {
      peer.close()
    }
  }

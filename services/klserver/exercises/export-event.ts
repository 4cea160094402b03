import { once } from 'node:events'
import { hostNamed } from '../../../shared/config/topology.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import { encodeSyslog } from '../../../shared/wire/syslog.ts'
import type { Administration } from '../administration.ts'
import { siemTrust } from '../siem/exporter.ts'

/** x-siem: one event in syslog's form, by TCP or by TLS. It has no answer: that the SIEM took it is all there is. */
export const exportEvent =
  ({ topology, credentials }: Administration): Exercise =>
  async (host, { nonce, to, timeout, signal }) => {
    const siem = hostNamed(topology, to.host)
    if (!siem) throw new NetError('NO_SIEM', `${to.host} is no host of this lab`)
    const tls = to.port === 6514 ? { tls: siemTrust(siem, credentials) } : {}
    const connection = await host.dial(to, { ...tls, timeout, signal })
    const { stream } = connection
    stream.write(
      encodeSyslog({
        severity: 6,
        at: Date.now(),
        host: host.name,
        process: 'klserver',
        kind: 'KLAUD_EV_EXPORT_TEST',
        data: { nonce },
        text: 'ksc-lab tries the way of the event export',
      }),
    )
    connection.observe({ what: 'request-sent', detail: { nonce } })
    const over = once(stream, 'close')
    stream.resume().end()
    await over
  }

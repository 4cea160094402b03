import type { TlsClientOptions } from '../net/host.ts'
import { Session } from '../net/session.ts'
import type { Exercise } from '../service.ts'
import type { Messages } from '../wire/messages/index.ts'

export interface ActivationClient {
  /** As the device names itself in `hello`. */
  version: string
  product: string
  /** By what it tells the activation proxy from strangers. */
  trust(servername: string): TlsClientOptions
}

/** Arrows 5 (17000) and 15a (17100): an activation request to the activation proxy, which passes it on to Kaspersky. */
export const requestActivation =
  ({ version, product, trust }: ActivationClient): Exercise =>
  async (host, { nonce, to, servername, timeout, signal }) => {
    const connection = await host.dial(to, { tls: trust(servername), timeout, signal })
    const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
    try {
      await session.greet({ type: 'hello', protocol: 1, role: 'activation-client', host: host.name, version, nonce })
      await session.request<Messages['activate']>({ type: 'activate', nonce, product })
    } finally {
      await session.close()
    }
  }

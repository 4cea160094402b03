import type { Host, Target } from '../net/host.ts'
import { Session } from '../net/session.ts'
import type { Messages } from '../wire/messages/index.ts'
import type { ReputationAnswer } from '../wire/messages/reputation.ts'

interface AskReputation {
  to: Target
  nonce: string
  version: string
  sha256: string
  timeout: number
  signal?: AbortSignal
  /** Asked so many times on one connection; the last answer is given. */
  times?: number
}

/** TCP 13111: what does a KSN proxy say of a file? Encryption is inside KSN's own protocol; the port itself has none. */
export async function askReputation(
  host: Host,
  { to, nonce, version, sha256, timeout, signal, times = 1 }: AskReputation,
): Promise<ReputationAnswer> {
  const connection = await host.dial(to, { timeout, ...(signal ? { signal } : {}) })
  const session = new Session(connection, { readTimeout: timeout, onMessage: () => {} })
  const stop = () => void session.close('stopping')
  signal?.addEventListener('abort', stop)
  try {
    await session.greet({ type: 'hello', protocol: 1, role: 'ksn-client', host: host.name, version, nonce })
    const ask = () => session.request<Messages['reputation-request']>({ type: 'reputation-request', nonce, sha256 })
    let answer = await ask()
    for (let more = 1; more < times; more++) answer = await ask()
    return answer
  } finally {
    signal?.removeEventListener('abort', stop)
    await session.close()
  }
}

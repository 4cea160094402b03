/** One listener that shows a certificate and one client that judges it, on real sockets. */
import type { LabState } from '../../certs/state.ts'
import type { UseName } from '../../certs/uses.ts'
import type { WrongKind } from '../../certs/wrong/index.ts'
import { wrongFor } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { CertificateRule, Listener, PresentedCertificate } from '../../shared/net/host.ts'
import { type Ground, openGround } from '../klserver/alone.ts'

export const SERVERNAME = 'klserver.lan.ksc-lab.test'

export interface Bench extends AsyncDisposable {
  readonly ground: Ground
  readonly state: LabState
  /** From the next handshake on. */
  show(use: UseName, wrong?: WrongKind): Promise<void>
  /** What the client says after one handshake: null when it takes the certificate. */
  judge(rule: CertificateRule, how?: { ca?: string; servername?: string }): Promise<string | null>
  /** What a handshake tells of the certificate. */
  seen(how?: { ca?: string; servername?: string }): Promise<PresentedCertificate>
}

export async function openBench(): Promise<Bench> {
  const ground = await openGround()
  const { state } = ground
  let shown = state.credentials.identity('web-server')
  const listener: Listener = await ground
    .host('klserver')
    .listen(8061, { tls: () => shown }, connection => void connection.stream.resume())

  const dial = async (
    rule: CertificateRule,
    { ca = state.credentials.authority('lab-ca'), servername = SERVERNAME } = {},
  ) => {
    const tls = { rule, ca: [ca], servername }
    const connection = await ground.host('agent-1').dial({ host: 'klserver', port: 8061 }, { tls })
    connection.close()
  }
  return {
    ground,
    state,
    async show(use, wrong) {
      shown = wrong ? await wrongFor(use, wrong, state, loadTopology('lan')) : state.credentials.identity(use)
    },
    judge: (rule, how) =>
      dial(rule, how).then(
        () => null,
        (error: Error & { code?: string }) => {
          if (error.code !== 'CERTIFICATE') throw error
          return error.message
        },
      ),
    async seen(how) {
      const all: PresentedCertificate[] = []
      await dial(certificate => {
        all.push(certificate)
        return null
      }, how)
      const [certificate] = all
      if (!certificate) throw new Error('no certificate was seen')
      return certificate
    },
    async [Symbol.asyncDispose]() {
      await listener.close()
      await ground[Symbol.asyncDispose]()
    },
  }
}

/** What `verify` says of wrong things on the ports of mobile devices. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { startServer } from '../klserver/kit.ts'
import { judged, lapsed, made } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

const device = '6b1c8f5e-1111-4222-8333-444455556666'
const authority = () => lab.state.credentials.identity('mobile-ca')

describe('a device', () => {
  it.each([13292, 13293] as const)('with a certificate of its own is served on %i', async port => {
    const identity = await made({ device, issuer: authority() })
    expect(await judged(lab, port, { identity, greeting: { agentId: device } })).toMatchObject({
      verdict: 'delivered',
      advice: '',
    })
  })

  it('without a certificate on 13293: tls-refused, by which alert, and where one is had', async () => {
    const { verdict, explanation, advice } = await judged(lab, 13293, {})
    expect(verdict).toBe('tls-refused')
    expect(explanation).toContain('certificate_required')
    expect(explanation).toContain('klserver saw the handshake (ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE)')
    expect(advice).toContain('let phone show a client certificate: it is issued on 13292')
  })

  it.each([
    [
      'an expired one',
      () => made({ device, issuer: authority(), ...lapsed() }),
      'expired on 20',
      'without the old one',
    ],
    [
      'one of a foreign authority',
      () => made({ device, issuer: lab.state.credentials.identity('lab-ca') }),
      'issued by CN=ksc-lab authority',
      'mobile-ca.crt',
    ],
    [
      "the Server's certificate for Network Agents",
      async () => lab.state.credentials.identity('common'),
      'CN=Administration Server, O=ksc-lab',
      'mobile-ca.crt',
    ],
    [
      'one of another device',
      () => made({ device: '00000000-1111-4222-8333-444455556666', issuer: authority() }),
      'was issued to the device 00000000',
      'of its own',
    ],
  ])('with %s: client-certificate-rejected, and why', async (_what, make, because, mend) => {
    for (const port of [13292, 13293] as const) {
      const { verdict, explanation, advice } = await judged(lab, port, {
        identity: await make(),
        greeting: { agentId: device },
      })
      expect(verdict).toBe('client-certificate-rejected')
      expect(explanation).toContain(
        `phone reached klserver:${port}/tcp and showed a client certificate, which klserver refused`,
      )
      expect(explanation).toContain(because)
      expect(advice).toContain(mend)
    }
  })

  it('that speaks as a Network Agent: closed, by whom and why', async () => {
    const { verdict, explanation } = await judged(lab, 13292, { greeting: { role: 'agent' } })
    expect(verdict).toBe('closed')
    expect(explanation).toContain(
      'klserver itself ended the connection and said why: a session as agent is not for this port; welcome here: mobile-device',
    )
  })
})

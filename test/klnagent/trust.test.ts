/** Which Administration Server a Network Agent believes (help topics 3321 and 3322). */
import { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import type { Ground } from '../klserver/alone.ts'
import {
  type FakeServer,
  journalled,
  keptBy,
  noted,
  openGround,
  startAgent,
  startFakeServer,
  startPatientAgent,
  task,
  until,
} from './kit.ts'

let ground: Ground
/** What 13000 presents now. */
let presented: string
let server: FakeServer
beforeEach(async () => {
  ground = await openGround()
  presented = 'common'
  server = await serve()
})
afterEach(async () => {
  await server.stop()
  await ground[Symbol.asyncDispose]()
})

const pem = (use: string) => ground.state.credentials.identity(use).cert
const pin = (use: string) => fingerprintOf(new X509Certificate(pem(use)))
const heldPins = () => keptBy(ground).held.map(held => fingerprintOf(new X509Certificate(held)))
const serve = () =>
  startFakeServer(ground, {
    use: () => presented,
    handlers: {
      sync: (_, { id, nonce }) => ({
        type: 'synced',
        id,
        nonce,
        policies: [],
        tasks: [],
        reserveCertificate: new X509Certificate(pem('common-reserve')).raw,
      }),
    },
  })

/** One life of the agent, up to the end of its first contact, good or bad. */
async function live(settings = {}): Promise<'contact' | 'no contact'> {
  const [syncs, refused] = [server.syncs.length, noted(ground, 'certificate-refused').length]
  await using _agent = await startAgent(ground, settings)
  await until(() => server.events.length > 0 || noted(ground, 'certificate-refused').length > refused)
  server.events.splice(0)
  return server.syncs.length > syncs ? 'contact' : 'no contact'
}

describe('trust on first use', () => {
  it('stores the certificate seen first, and the reserve one of the synchronisation', async () => {
    expect(await live()).toBe('contact')
    expect(heldPins()).toEqual([pin('common'), pin('common-reserve')])
  })

  it('gives no access to a Server with another certificate, names both pins, and forgets nothing', async () => {
    await live()
    presented = 'mobile'
    expect(await live()).toBe('no contact')
    const [refused] = noted(ground, 'certificate-refused')
    expect(refused).toMatchObject({
      host: 'agent-1',
      end: 'initiator',
      detail: { code: 'pin', fingerprint: pin('mobile') },
    })
    expect(refused?.detail.reason).toBe(
      `Administration Server authentication error: the certificate seen has SHA-256 ${pin('mobile')}, the one held has ${pin('common')} or ${pin('common-reserve')}`,
    )
    expect(server.hellos, 'nothing is said to a stranger').toHaveLength(1)
    expect(heldPins()).toEqual([pin('common'), pin('common-reserve')])
    presented = 'common'
    expect(await live()).toBe('contact')
  })

  it('learns nothing from the activation proxy or over 14000', async () => {
    await server.stop()
    await using _proxy = await ground
      .host('klserver')
      .listen(17000, { tls: ground.state.credentials.identity('mobile') }, () => {})
      .then(listener => ({ [Symbol.asyncDispose]: () => listener.close() }))
    await using agent = await startPatientAgent(ground, { connectTimeout: 200 })
    await expect(agent.exercises['5']?.(ground.host('agent-1'), task('5', 17000))).rejects.toThrow()
    expect(noted(ground, 'certificate-seen').at(-1)).toMatchObject({
      port: 17000,
      detail: { fingerprint: pin('mobile') },
    })
    expect(keptBy(ground).held).toEqual([])
    server = await serve()
    await agent.exercises['4-plain']?.(ground.host('agent-1'), task('4-plain', 14000))
    expect(keptBy(ground).held).toEqual([])
  })

  it('learns nothing from an exercise, which may go through a box that shows its own certificate', async () => {
    await server.stop()
    const agent = await startPatientAgent(ground)
    presented = 'mobile'
    server = await serve()
    await agent.exercises['4']?.(
      ground.host('agent-1').during({ nonce: 'a-nonce-of-an-exercise', timeout: 1_000 }),
      task('4', 13000),
    )
    expect(server.syncs).toHaveLength(1)
    expect(keptBy(ground).held).toEqual([])
    await agent.stop()
    server.events.splice(0)
    presented = 'common'
    expect(await live()).toBe('contact')
    expect(heldPins()).toEqual([pin('common'), pin('common-reserve')])
  })
})

describe('a certificate given at installation', () => {
  it('is held before the first contact, and no other is accepted', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'another Server' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    })
    expect(await live({ serverCertificate: cert })).toBe('no contact')
    expect(server.hellos).toEqual([])
    expect(heldPins()).toEqual([fingerprintOf(new X509Certificate(cert))])
  })

  it('is accepted where the Server has it', async () => {
    expect(await live({ serverCertificate: pem('common') })).toBe('contact')
  })

  it('mends an agent that holds another, as a certificate given anew does', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'another Server' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    })
    await live({ serverCertificate: cert })
    expect(await live({ serverCertificate: pem('common') })).toBe('contact')
  })

  it('does not come back at the next start, once the reserve certificate has taken over', async () => {
    const settings = { serverCertificate: pem('common') }
    expect(await live(settings)).toBe('contact')
    presented = 'common-reserve'
    expect(await live(settings)).toBe('contact')
    expect(await live(settings)).toBe('contact')
    expect(heldPins()).toEqual([pin('common-reserve')])
  })
})

describe('the reserve certificate', () => {
  it('is accepted when the Server changes to it, takes over, and the old one is refused from then on', async () => {
    await live()
    presented = 'common-reserve'
    expect(await live()).toBe('contact')
    expect(heldPins()).toEqual([pin('common-reserve')])
    presented = 'common'
    expect(await live()).toBe('no contact')
    const refused = await journalled(ground, entry => entry.what === 'certificate-refused')
    expect(refused.detail).toMatchObject({ fingerprint: pin('common') })
  })

  it('is not known before a synchronisation has told of it', async () => {
    expect(await live({ serverCertificate: pem('mobile') })).toBe('no contact')
    presented = 'common-reserve'
    expect(await live({ serverCertificate: pem('mobile') })).toBe('no contact')
  })
})

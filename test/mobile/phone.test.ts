/** The Android device: whom it trusts, what it keeps, and when it comes. */
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from '../../certs/make/certificate.ts'
import type { Lab } from '../../lab/start-lab.ts'
import type { Device } from '../../services/klserver/store/index.ts'
import { subjectOf } from '../../shared/tls/device-owner.ts'
import { issueDeviceCertificate } from '../../shared/tls/issue-device-certificate.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import { administrator, deviceOf, newNonce, noted } from '../klserver/kit.ts'
import { type MobileStage, setStage } from './stage.ts'

const asLab = (stage: MobileStage) => stage.lab as unknown as Lab
const pinOf = (stage: MobileStage, use: string) =>
  fingerprintOf(new X509Certificate(stage.state.credentials.identity(use).cert))
const pins = (stage: MobileStage) => stage.kept().held.map(pem => fingerprintOf(new X509Certificate(pem)))

/** Until it holds; the test's own time-out is the limit. */
async function until(holds: () => unknown): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 5))
}
const synchronised = (stage: MobileStage) =>
  noted(stage, 'reply-received').filter(({ host, nonce }) => host === 'android-1' && nonce !== undefined).length
const contacts = (stage: MobileStage) => noted(stage, 'connecting').filter(({ host }) => host === 'android-1').length

/** A certificate for the phone's key that ends so many days from now. */
async function certificateFor(stage: MobileStage, days: number): Promise<string> {
  const { certificate, deviceId } = stage.kept()
  const { publicKey } = await import('@peculiar/x509').then(
    ({ X509Certificate: Parsed }) => new Parsed(String(certificate)),
  )
  const owner = { user: 'user of android-1', device: String(deviceId) }
  const now = new Date(Date.now() - (365 - days) * 86_400_000)
  return issueDeviceCertificate(stage.state.credentials.identity('mobile-ca'), {
    subject: subjectOf(owner),
    publicKey,
    now,
  })
}

describe('an Android device', () => {
  it('enrols at its first contact, and is the same device with the same certificate after a restart', async () => {
    await using stage = await setStage()
    await stage.startServer()
    const phone = stage.startPhone()
    expect(phone.ready?.()).toBe(false)
    await until(() => phone.ready?.() && stage.kept().outbox.length === 0)
    const device = await deviceOf(asLab(stage), 'android-1')
    expect(device).toMatchObject({ user: 'user of android-1', groupId: 0 })
    const { certificate, deviceId } = stage.kept()
    await phone.stop()
    const again = stage.startPhone()
    expect(again.ready?.()).toBe(true)
    await until(() => stage.kept().outbox.length === 0)
    expect(stage.kept()).toMatchObject({ certificate, deviceId })
    expect((await deviceOf(asLab(stage), 'android-1')).hostId).toBe(device.hostId)
  })

  it('asks for the next certificate 30 days before the end of the old one, and comes with it', async () => {
    await using stage = await setStage()
    await stage.startServer()
    const first = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    await first.stop()
    for (const [days, renewed] of [
      [31, false],
      [29, true],
    ] as const) {
      const old = await certificateFor(stage, days)
      stage.keep({ certificate: old })
      const phone = stage.startPhone()
      await until(() => stage.kept().outbox.length === 0)
      await phone.stop()
      expect(stage.kept().certificate !== old, `${days} days`).toBe(renewed)
    }
    const left = new X509Certificate(String(stage.kept().certificate)).validToDate.getTime() - Date.now()
    expect(left / 86_400_000).toBeGreaterThan(364)
  })

  it('whose certificate has expired is given another one', async () => {
    await using stage = await setStage()
    await stage.startServer()
    const first = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    await first.stop()
    stage.keep({ certificate: await certificateFor(stage, -1) })
    const phone = stage.startPhone()
    expect(phone.ready?.()).toBe(false)
    await until(() => phone.ready?.())
    expect((await deviceOf(asLab(stage), 'android-1')).user).toBe('user of android-1')
  })

  it('keeps its events while the Server is away, and each is delivered once', async () => {
    await using stage = await setStage()
    const first = stage.startPhone()
    await until(() => stage.log.some(({ msg }) => msg === 'no contact with the Administration Server'))
    await first.stop()
    expect(stage.kept().outbox).toHaveLength(1)
    const second = stage.startPhone()
    expect(stage.kept().outbox).toHaveLength(2)
    const kept = stage.kept().outbox
    await stage.startServer()
    second.wake()
    await until(() => stage.kept().outbox.length === 0)
    // As if the answers had been lost.
    await second.stop()
    stage.keep({ outbox: kept })
    const third = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    await third.stop()
    const { openStore } = await import('../../services/klserver/store/index.ts')
    const store = await openStore(`${stage.state.folder('hosts/klserver/klserver')}/klserver.sqlite`)
    expect(await store.events()).toHaveLength(3)
    await store.close()
  })

  it('refuses another certificate than the one it holds', async () => {
    await using stage = await setStage({ syncInterval: 60_000 })
    await stage.startServer()
    const phone = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    expect(pins(stage)).toEqual([pinOf(stage, 'mobile'), pinOf(stage, 'mobile-reserve')])
    const other = await makeCertificate({
      commonName: 'Contoso',
      algorithm: 'ec',
      purposes: ['server'],
      now: new Date(),
    })
    stage.state.present('mobile', other)
    phone.wake()
    await until(() => noted(stage, 'certificate-refused').length > 0)
    expect(noted(stage, 'certificate-refused')[0]?.detail).toMatchObject({
      code: 'pin',
      reason: expect.stringContaining('Administration Server authentication error'),
    })
    stage.state.present('mobile', null)
    const before = synchronised(stage)
    phone.wake()
    await until(() => synchronised(stage) > before)
  })

  it('goes on when the reserve takes over, and then refuses the old one', async () => {
    await using stage = await setStage({ syncInterval: 60_000 })
    await stage.startServer()
    const phone = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    const [mobile, reserve] = ['mobile', 'mobile-reserve'].map(use => stage.state.credentials.identity(use))
    if (!mobile || !reserve) throw new Error('no certificates')
    const next = await makeCertificate({
      commonName: 'Next reserve',
      algorithm: 'ec',
      purposes: ['server'],
      now: new Date(),
    })
    stage.state.present('mobile', reserve)
    stage.state.present('mobile-reserve', next)
    phone.wake()
    await until(() => pins(stage).includes(fingerprintOf(new X509Certificate(next.cert))))
    expect(pins(stage)).toEqual([
      fingerprintOf(new X509Certificate(reserve.cert)),
      fingerprintOf(new X509Certificate(next.cert)),
    ])
    stage.state.present('mobile', mobile)
    phone.wake()
    await until(() => noted(stage, 'certificate-refused').length > 0)
  })

  it('comes at the interval that the Server names, and at once when it is called', async () => {
    await using stage = await setStage({ syncInterval: 600_000 })
    await stage.startServer()
    const phone = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    const calm = contacts(stage)
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(contacts(stage)).toBe(calm)
    phone.wake()
    await until(() => contacts(stage) > calm)

    await using often = await setStage({ syncInterval: 30 })
    await often.startServer()
    often.startPhone()
    await until(() => contacts(often) > 5)
  })

  it('tells the Server where push reaches it; a Server with something for it has it called, and it comes', async () => {
    await using stage = await setStage({ syncInterval: 600_000 })
    const called: Pick<Device, 'name' | 'push'>[] = []
    let phone: ReturnType<MobileStage['startPhone']> | undefined
    await stage.startServer(async ({ name, push }) => {
      called.push({ name, push })
      phone?.wake()
    })
    phone = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    using console = await administrator(asLab(stage))
    const { hostId } = await deviceOf(asLab(stage), 'android-1')
    const move = async (groupId: number) =>
      expect(await console.ask({ type: 'move-device', id: 1, nonce: newNonce(), hostId, groupId })).toMatchObject({
        type: 'moved',
      })
    await move(1)
    expect(called, 'nobody knows where').toEqual([])
    phone.setPushToken({ kind: 'fcm', token: 'first' })
    phone.setPushToken({ kind: 'fcm', token: 'second' })
    await until(() => (stage.kept().push as { told: boolean } | null)?.told)
    const before = contacts(stage)
    await move(0)
    await until(() => contacts(stage) > before)
    expect(called).toEqual([{ name: 'android-1', push: { kind: 'fcm', token: 'second' } }])
  })

  it('a push that the service does not take is written down, and nobody is harmed', async () => {
    await using stage = await setStage({ syncInterval: 600_000 })
    await stage.startServer(async () => {
      throw new Error('UNREGISTERED')
    })
    const phone = stage.startPhone()
    phone.setPushToken({ kind: 'fcm', token: 'gone' })
    await until(() => (stage.kept().push as { told: boolean } | null)?.told)
    using console = await administrator(asLab(stage))
    const { hostId } = await deviceOf(asLab(stage), 'android-1')
    expect(await console.ask({ type: 'move-device', id: 1, nonce: newNonce(), hostId, groupId: 1 })).toMatchObject({
      type: 'moved',
    })
    await until(() => stage.log.some(({ msg }) => msg === 'the device could not be called by push'))
    expect(stage.log.find(({ msg }) => msg === 'the device could not be called by push')).toMatchObject({
      device: 'android-1',
      reason: 'UNREGISTERED',
    })
  })

  it('whose memory cannot be read begins anew, and says so', async () => {
    await using stage = await setStage()
    await stage.startServer()
    const first = stage.startPhone()
    await until(() => stage.kept().outbox.length === 0)
    await first.stop()
    const { deviceId } = stage.kept()
    stage.keep({ schema: 'something else' })
    const phone = stage.startPhone()
    await until(() => phone.ready?.())
    expect(stage.kept().deviceId).not.toBe(deviceId)
    expect(stage.log.some(({ msg }) => msg.includes('cannot be read') && msg.includes('begins anew'))).toBe(true)
  })
})

import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificate, changed, daysOn, fingerprints, open, temporary } from './kit.ts'

const AUTHORITIES = ['lab-ca', 'internet-ca', 'mobile-ca']
const SERVER = ['common', 'mobile']
const RESERVES = ['common-reserve', 'mobile-reserve']
const LEAVES = ['gateway', 'web-server', 'web-console', 'ios-mdm', 'kaspersky', 'siem', 'apple-push']
const takeovers = (notices: string[]) => notices.filter(notice => notice.includes('its reserve takes over'))

describe('with time', () => {
  it('nothing changes for the first 300 days', async () => {
    using folder = temporary()
    const first = fingerprints(await open(folder.path))
    const later = await open(folder.path, { now: daysOn(300) })
    expect(fingerprints(later)).toEqual(first)
    expect(later.notices).toEqual([])
  })

  it('the reserves alone are renewed in the last 90 days, so that they outlive what they stand by', async () => {
    using folder = temporary()
    const first = fingerprints(await open(folder.path))
    const state = await open(folder.path, { now: daysOn(308) })
    expect(changed(first, fingerprints(state))).toEqual(RESERVES)
    expect(state.notices).toHaveLength(2)
    const end = (use: string) => certificate(state, use).validToDate.getTime()
    expect(end('common-reserve')).toBeGreaterThan(end('common'))
    expect(fingerprints(await open(folder.path, { now: daysOn(309) }))).toEqual(fingerprints(state))
  })

  it('the reserve takes over one day before the common one ends, and a new reserve is made', async () => {
    using folder = temporary()
    await open(folder.path)
    const learnt = await open(folder.path, { now: daysOn(310) })
    const before = await open(folder.path, { now: daysOn(395.9) })
    expect(fingerprints(before)).toEqual(fingerprints(learnt))
    expect(takeovers(before.notices)).toEqual([])

    const state = await open(folder.path, { now: daysOn(396.1) })
    const [was, is] = [fingerprints(learnt), fingerprints(state)]
    expect(is.common).toBe(was['common-reserve'])
    expect(is.mobile).toBe(was['mobile-reserve'])
    expect(new Set([...Object.values(was), is['common-reserve']]).size).toBe(Object.keys(was).length + 1)
    const ends = certificate(learnt, 'common').validToDate.toISOString()
    expect(state.notices).toContain(
      `the Administration Server certificate expires on ${ends}; its reserve takes over, as agents have learnt it, ` +
        'and a new reserve is made',
    )
    expect(takeovers(state.notices)).toHaveLength(2)
    expect(state.notices.join()).not.toContain('klmover')
    const { cert, key } = state.credentials.identity('common')
    expect({ cert, key }).toEqual(learnt.credentials.identity('common-reserve'))
    expect(fingerprints(await open(folder.path, { now: daysOn(396.2) }))).toEqual(is)
  })

  it('what has expired with its reserve is made anew, with a notice for each', async () => {
    using folder = temporary()
    const first = await open(folder.path)
    const state = await open(folder.path, { now: daysOn(400) })
    const renewed = [...SERVER, ...RESERVES, ...LEAVES]
    expect(changed(fingerprints(first), fingerprints(state)).sort()).toEqual(renewed.sort())
    expect(takeovers(state.notices)).toEqual([])
    expect(state.notices).toHaveLength(renewed.length)
    for (const notice of state.notices) expect(notice).toMatch(/ expires on 2.*Z; a new one is made/)
    expect(state.notices.filter(notice => notice.includes('klmover -cert'))).toHaveLength(1)
    for (const use of renewed)
      expect(certificate(state, use).validToDate.getTime()).toBeGreaterThan(daysOn(790)().getTime())
    expect((await open(folder.path, { now: daysOn(400) })).notices).toEqual([])
  })

  it('authorities are renewed after ten years, and everything with them', async () => {
    using folder = temporary()
    const first = fingerprints(await open(folder.path))
    const state = await open(folder.path, { now: daysOn(3_650) })
    expect(changed(first, fingerprints(state))).toEqual(Object.keys(first))
    const holds = (use: string) => state.credentials.identity(use).cert.split(/(?<=END CERTIFICATE-----\n)/)
    expect(new X509Certificate(holds('kaspersky')[1] ?? '').fingerprint256).toBe(fingerprints(state)['internet-ca'])
    for (const use of AUTHORITIES) expect(holds(use)).toHaveLength(1)
  })

  it('a certificate from the future is made anew', async () => {
    using folder = temporary()
    const first = fingerprints(await open(folder.path, { now: daysOn(30) }))
    const state = await open(folder.path)
    expect(changed(first, fingerprints(state))).toEqual(Object.keys(first))
    for (const notice of state.notices) expect(notice).toMatch(/ begins only on 2.*Z; a new one is made/)
  })
})

/** Gateways, distribution points and secondary Servers by OpenAPI, in labs that have them. */
import { afterEach, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Observation } from '../../shared/journal/observation.ts'
import { startPair } from '../gateway/kit.ts'
import { deviceOf, journalled } from '../klserver/kit.ts'
import { call } from './over-network.ts'

let lab: Lab
afterEach(() => lab.stop())

const signal = (state: string, after = 0) =>
  journalled(lab, ({ what, ...entry }) => {
    if (what !== 'signal' || !('detail' in entry) || entry.host !== 'klserver') return false
    return (entry.detail as { state: string }).state === state && lab.journal.entries().length >= after
  })

const agents = async (): Promise<{ UaHostDisplayName: string; UaHostId: string; UaIsCg: boolean }[]> =>
  (await call(lab, 'UaControl.GetUpdateAgentsList', {})).pUasArr.map(({ value }: { value: object }) => value)

test('a gateway in a DMZ that is taken off the list is dialled no more, until it is registered by its address', async () => {
  lab = await startLab('gateway')
  await signal('established')
  const { hostId } = await deviceOf(lab, 'gateway')
  expect(await agents()).toContainEqual({ UaHostId: hostId, UaHostDisplayName: 'gateway', UaIsCg: true })
  await call(lab, 'UaControl.UnregisterUpdateAgent', { wstrUaHostId: hostId })
  await signal('lost')
  expect(await agents()).not.toContainEqual(expect.objectContaining({ UaHostId: hostId }))
  const register = (CgRemoteAddress: string) =>
    call(lab, 'UaControl.RegisterDmzGateway', { pCgInfo: { type: 'params', value: { CgRemoteAddress } } })
  await expect(register('192.0.2.250')).rejects.toThrow(/no connection gateway.*192.0.2.250/)
  await expect(call(lab, 'UaControl.RegisterUpdateAgent', { pUaInfo: { UaHostId: hostId } })).rejects.toThrow(
    /RegisterDmzGateway/,
  )
  const before = lab.journal.entries().filter(({ what }) => what === 'signal').length
  await register('gateway')
  await expect
    .poll(() =>
      lab.journal
        .entries()
        .filter(({ what }) => what === 'signal')
        .slice(before),
    )
    .toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ state: 'established' }) }))
  expect(await agents()).toContainEqual(expect.objectContaining({ UaHostId: hostId }))
  await expect(register('gateway')).rejects.toThrow(/registered already/)
})

test('secondary Servers are told with whether they are active', async () => {
  lab = await startLab('hierarchy')
  const names = lab.topology.hosts
    .filter(({ secondary, server }) => secondary && server === 'klserver')
    .map(h => h.name)
  expect(names).not.toEqual([])
  const listed = async (nGroupId: number) =>
    (await call(lab, 'ServerHierarchy.GetChildServers', { nGroupId })).PxgRetVal.map(
      ({ value }: { value: Record<string, unknown> }) => value,
    )
  await expect
    .poll(async () =>
      (await listed(-1)).map((one: Record<string, unknown>) => [one.KLSRVH_SRV_DN, one.KLSRVH_SRV_STATUS]),
    )
    .toEqual(names.map(name => [name, 1]))
  const [gone = ''] = names
  await lab.stopHost(gone)
  await expect
    .poll(async () => (await listed(-1)).map((one: Record<string, unknown>) => one.KLSRVH_SRV_STATUS))
    .toEqual(names.map(name => (name === gone ? 0 : 1)))
  expect(await listed(1)).toEqual([])
  const [first] = await listed(0)
  const info = { lServer: first.KLSRVH_SRV_ID, pFields: ['KLSRVH_SRV_DN'] }
  expect(await call(lab, 'ServerHierarchy.GetServerInfo', info)).toEqual({ PxgRetVal: { KLSRVH_SRV_DN: names[0] } })
  await expect(call(lab, 'ServerHierarchy.GetServerInfo', { lServer: 99 })).rejects.toThrow(/no secondary Server 99/)
})

describe.each(['gateway', 'gateway-segment'] as const)('the push server of %s', topology => {
  const came = (from: number) =>
    journalled(
      lab,
      ({ t, host, end, port, what }) =>
        t > from && host === 'dmz-pc' && end === 'initiator' && port === 13000 && what === 'reply-received',
    )

  test('calls the devices of its zone for as long as it is registered', async () => {
    lab = await startPair({}, topology, ['dmz-pc'])
    const kept = ({ host, end, port, what }: Observation) =>
      host === 'dmz-pc' && end === 'initiator' && port === 13295 && what === 'reply-received'
    await journalled(lab, kept)
    await came(0)
    const { hostId } = await deviceOf(lab, 'dmz-pc')
    const { hostId: gateway } = await deviceOf(lab, 'gateway')
    const push = async () => (await call(lab, 'PushServerOApi.SendSyncPushMessage', { wstrHostId: hostId })).PxgRetVal
    await expect.poll(push).toBe(true)
    const from = Math.max(...lab.journal.entries().map(({ t }) => t))
    const { strActionGuid } = await call(lab, 'HostGroup.AddHostsForSync', { pHostNames: [hostId] })
    await came(from)
    await expect
      .poll(() => call(lab, 'AsyncActionStateChecker.CheckActionState', { wstrActionGuid: strActionGuid }))
      .toMatchObject({ bFinalized: true, bSuccededFinalized: true })
    const datagrams = lab.journal.entries().filter(({ host, port }) => host === 'dmz-pc' && port === 15000)
    expect(datagrams.filter(({ what }) => what === 'request-received')).toEqual([])

    const of = (method: string, args: object) => call(lab, `UaControl.${method}`, args)
    const serving = { type: 'params', value: { UaHostId: gateway, UaHostDisplayName: 'gateway', UaIsCg: true } }
    expect(await of('GetUpdateAgentsDisplayInfoForHost', { wstrHostId: hostId })).toEqual({ pUaInfo: [serving] })
    const info = await of('GetUpdateAgentInfo', { wstrUaHostId: gateway })
    expect(info.pUaInfo).toMatchObject({ ...serving.value, UaPort: 13000 })
    await expect(of('GetUpdateAgentInfo', { wstrUaHostId: hostId })).rejects.toThrow(/no update agent/)
    await expect(of('RegisterUpdateAgent', { pUaInfo: { UaHostId: hostId } })).rejects.toThrow(/dmz-pc is not set up/)

    await of('UnregisterUpdateAgent', { wstrUaHostId: gateway })
    expect(await push()).toBe(false)
    expect(await of('GetUpdateAgentsDisplayInfoForHost', { wstrHostId: hostId })).toEqual({ pUaInfo: [] })
    await expect(of('UnregisterUpdateAgent', { wstrUaHostId: gateway })).rejects.toThrow(/not registered/)
    if (topology === 'gateway') await of('RegisterDmzGateway', { pCgInfo: { CgRemoteAddress: '127.20.0.10' } })
    else await of('RegisterUpdateAgent', { pUaInfo: { UaHostId: gateway } })
    await expect.poll(push).toBe(true)
  })
})

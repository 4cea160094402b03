/** Gateways, distribution points and secondary Servers by OpenAPI, in labs that have them. */
import { afterEach, expect, test } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
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

/** What the Web Console Server asks of the Administration Server. */
import type { HttpClient } from '../../shared/http/client.ts'
import { NetError } from '../../shared/net/errors.ts'
import { DEVICE_FIELDS, type Device, readDevice } from './device.ts'
import { call, isObject, NOT_AUTHENTICATED } from './open-api.ts'

export interface Account {
  user: string
  password: string
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
const inSession = (session: string) => ({ 'x-ksc-session': session })

const authorized = ({ user, password }: Account) => ({
  authorization: `KSCBasic user="${base64(user)}", pass="${base64(password)}", internal="1"`,
})

/** From then on the connection itself is logged in. */
export async function logIn(client: HttpClient, account: Account, nonce?: string): Promise<void> {
  await call(client, { method: 'login', headers: authorized(account), nonce })
}

/**
 * Is the login where it belongs?
 *
 * @param other a connection that has none
 * @throws NetError `NOT_AUTHENTICATED` where its own connection has lost it, `LOGIN_SHARED` where another one has it, too.
 */
export async function checkLogin(client: HttpClient, other: HttpClient, nonce?: string): Promise<void> {
  await call(client, { method: 'Session.Ping', nonce })
  try {
    await call(other, { method: 'Session.Ping', nonce })
  } catch (error) {
    if (error instanceof NetError && error.code === NOT_AUTHENTICATED) return
    throw error
  }
  throw new NetError('LOGIN_SHARED', 'Session.Ping: HTTP 200 on a connection that has not logged in')
}

/** @returns the session id, which is opaque. */
export async function startSession(client: HttpClient, account: Account, nonce?: string): Promise<string> {
  const headers = authorized(account)
  const { PxgRetVal: id } = await call(client, { method: 'Session.StartSession', headers, nonce })
  if (typeof id !== 'string' || id === '')
    throw new NetError('NOT_OPENAPI', 'Session.StartSession: no session id in PxgRetVal')
  return id
}

export async function endSession(client: HttpClient, session: string, nonce?: string): Promise<void> {
  await call(client, { method: 'Session.EndSession', headers: inSession(session), nonce })
}

export async function staticInfo(client: HttpClient, session: string, nonce?: string): Promise<void> {
  const { PxgRetVal: info } = await call(client, {
    method: 'HostGroup.GetStaticInfo',
    args: { pValues: null },
    headers: inSession(session),
    nonce,
  })
  if (!isObject(info)) throw new NetError('NOT_OPENAPI', 'HostGroup.GetStaticInfo: no map in PxgRetVal')
}

/** Seconds for which the Server keeps a found set that nobody released. */
const LIFETIME = 60
const CHUNK = 1_000

/** Devices of "Managed devices" and its groups; an unassigned one is none of them. */
export const MANAGED_DEVICES = '(KLHST_WKS_GROUPID_GP = 0)'

/** Every managed device the account may see, by name. */
export async function findDevices(client: HttpClient, session: string): Promise<Device[]> {
  const headers = inSession(session)
  const found = await call(client, {
    method: 'HostGroup.FindHosts',
    args: {
      wstrFilter: MANAGED_DEVICES,
      vecFieldsToReturn: DEVICE_FIELDS,
      vecFieldsToOrder: [],
      pParams: {},
      lMaxLifeTime: LIFETIME,
    },
    headers,
  })
  const { strAccessor } = found
  if (typeof strAccessor !== 'string') throw new NetError('NOT_OPENAPI', 'HostGroup.FindHosts: no strAccessor')
  const chunk = (method: string, args = {}) =>
    call(client, { method: `ChunkAccessor.${method}`, args: { strAccessor, ...args }, headers })

  const devices: Device[] = []
  const { PxgRetVal: count } = await chunk('GetItemsCount')
  while (devices.length < Number(count)) {
    const { pChunk } = await chunk('GetItemsChunk', { nStart: devices.length, nCount: CHUNK })
    const items = isObject(pChunk) ? pChunk.KLCSP_ITERATOR_ARRAY : null
    if (!Array.isArray(items)) throw new NetError('NOT_OPENAPI', 'ChunkAccessor.GetItemsChunk: no KLCSP_ITERATOR_ARRAY')
    // Fewer than were counted: the set is used up.
    if (items.length === 0) break
    devices.push(...items.map(readDevice))
  }
  await chunk('Release')
  return devices.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

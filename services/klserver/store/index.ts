/** The Administration Server's store: devices, events, and what a synchronisation hands out. */
import { Kysely, SqliteDialect } from 'kysely'
import type { GroupId } from '../../../shared/wire/messages/fields.ts'
import type { Application } from '../../../shared/wire/messages/sync.ts'
import { addDevices, type SettledDevice } from './bulk.ts'
import type { DeviceSearch } from './device-search.ts'
import {
  type Arrival,
  arrived,
  changed,
  type Device,
  deleteDevice,
  deviceCalled,
  displayNames,
  selectDevices,
  synchronised,
} from './devices.ts'
import { type Event, keepEvent, type StoredEvent, selectEvents } from './events.ts'
import { deleteGroups, type Group, insertGroup, selectGroups, updateGroup } from './groups.ts'
import { countDevices, deviceLimit } from './limit.ts'
import { migrate } from './migrate.ts'
import { activatePolicy, deletePolicy, insertPolicy, type NewPolicy, type Policy, selectPolicies } from './policies.ts'
import { findName } from './scale-schema.ts'
import type { Schema } from './schema.ts'
import { type ServerEvent, selectServerEvents, serverEventKeeper } from './server-events.ts'
import { openSqlite } from './sqlite.ts'
import { Tags } from './tags.ts'
import { finishTasks, selectTaskRuns, selectTasks, startTask, startTaskOn, type Task, type TaskRun } from './tasks.ts'

export type { Device } from './devices.ts'
export { StoreError } from './errors.ts'
export type { StoredEvent } from './events.ts'
export { type Group, isSameName } from './groups.ts'
export type { Policy } from './policies.ts'
export type { Task, TaskRun } from './tasks.ts'

/** Every promise resolves only when the row is durable. Times are milliseconds since 1970. */
export interface Store {
  /** A Network Agent said hello: its device is created or updated, and on. */
  arrived(device: Arrival): Promise<Device>
  synchronised(agentId: string, report: { applications: Application[]; at: number }): Promise<void>
  /** Idempotent by agentId and id. */
  event(event: Event): Promise<'new' | 'known'>
  /** Of the Server itself. */
  serverEvent(event: ServerEvent): Promise<void>
  /** @returns false where nobody knows the device. */
  turnedOff(agentId: string, at: number): Promise<boolean>
  /** All of them, or what an index finds: at least those that are meant. */
  devices(search?: DeviceSearch): Promise<Device[]>
  countDevices(): Promise<number>
  /** By its own name, an administrator's or its id. */
  deviceCalled(name: string): Promise<Device | undefined>
  /** @throws NetError where so many more do not fit */
  roomFor(devices: number): Promise<void>
  /** In bulk: all of them or none. @returns how many */
  addDevices(devices: Iterable<SettledDevice>): Promise<number>
  device(hostId: string): Promise<Device | undefined>
  byAgent(agentId: string): Promise<Device | undefined>
  /** By host id, as they are displayed. */
  displayNames(hostIds: Iterable<string>): Promise<Map<string, string>>
  /** As they call themselves; several may. */
  named(name: string): Promise<Device[]>
  /** An administrator's name survives every synchronisation. */
  rename(hostId: string, name: string): Promise<Device | undefined>
  /** To another group. */
  move(hostId: string, groupId: GroupId): Promise<Device | undefined>
  /** Where a mobile device is reached by push. */
  pushToken(agentId: string, push: NonNullable<Device['push']>): Promise<void>
  /** A mobile device's certificates are worth nothing from now on. */
  revoke(hostId: string, at: number): Promise<Device | undefined>
  /** 32 random bytes, made once when the device is created. */
  noticeKey(agentId: string): Promise<Buffer | undefined>
  /** The newest first; of one host, or of all and of the Server itself. */
  events(hostId?: string, limit?: number): Promise<StoredEvent[]>
  /** Forgets a device; it is a new one when its agent comes again. @returns false where there is no such device. */
  removeDevice(hostId: string): Promise<boolean>
  groups(): Promise<Group[]>
  /** The one of that name below that parent where there is one, else a new one. */
  addGroup(group: { name: string; parentId: number; at: number }): Promise<Group>
  changeGroup(id: number, group: { name: string; parentId: number; at: number }): Promise<void>
  /** With their policies and tasks; what is in them is the caller's. */
  removeGroups(ids: number[]): Promise<void>
  /** By name. */
  policies(): Promise<Policy[]>
  /** @returns its number */
  addPolicy(policy: NewPolicy): Promise<number>
  /** @returns false where there is no such policy; as below. */
  activatePolicy(number: number, active: boolean): Promise<boolean>
  removePolicy(number: number): Promise<boolean>
  /** By name. */
  tasks(): Promise<Task[]>
  /** On these devices, of which each has had it once it synchronises. What was known of the last run is forgotten. */
  startTask(number: number, hostIds: string[], at: number): Promise<void>
  finishTasks(hostId: string, at: number): Promise<void>
  /** On one device. */
  startTaskOn(number: number, hostId: string, at: number): Promise<void>
  taskRuns(number: number): Promise<TaskRun[]>
  /** Of a device. */
  taskRunsOn(hostId: string): Promise<TaskRun[]>
  readonly tags: Tags
  /** Was this word left in the database by another connection? It is taken away. */
  takeWord(nonce: string): Promise<boolean>
  close(): Promise<void>
}

/** Rows of `events` where no limit is given. */
const EVENTS = 1_000

/** The embedded one. @param file `:memory:` too. @throws StoreError; the file stays as it is. */
export async function openStore(file: string): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: openSqlite(file) }) })
  await migrate(db, 'sqlite', {
    where: file,
    newer: 'use that one, or give another state folder',
    unprepared: 'see that its folder is writable',
  })
  return storeOn(db)
}

export function storeOn(db: Kysely<Schema>): Store {
  const roomFor = deviceLimit(db)
  return {
    arrived: device => arrived(db, device, roomFor),
    synchronised: (agentId, report) => synchronised(db, agentId, report),
    event: event => keepEvent(db, event),
    serverEvent: serverEventKeeper(db),
    async turnedOff(agentId, at) {
      const turned = db.updateTable('devices').set({ state: 'off', last_seen_at: at }).where('agent_id', '=', agentId)
      return (await turned.executeTakeFirst()).numUpdatedRows > 0n
    },
    devices: search => selectDevices(db, {}, search),
    countDevices: () => countDevices(db),
    deviceCalled: name => deviceCalled(db, name),
    roomFor,
    addDevices: devices => addDevices(db, devices),
    device: async hostId => (await selectDevices(db, { host_id: hostId }))[0],
    byAgent: async agentId => (await selectDevices(db, { agent_id: agentId }))[0],
    displayNames: hostIds => displayNames(db, hostIds),
    named: name => selectDevices(db, { name }),
    rename: (hostId, name) => changed(db, hostId, { given_name: name, find_name: findName(name) }),
    move: (hostId, groupId) => changed(db, hostId, { group_id: groupId }),
    async pushToken(agentId, { kind, token }) {
      const change = { push_kind: kind, push_token: token }
      await db.updateTable('devices').set(change).where('agent_id', '=', agentId).execute()
    },
    revoke: (hostId, at) => changed(db, hostId, { revoked_at: at }),
    async noticeKey(agentId) {
      const key = db.selectFrom('devices').select('notice_key').where('agent_id', '=', agentId)
      const row = await key.executeTakeFirst()
      return row && Buffer.from(row.notice_key, 'base64')
    },
    async events(hostId, limit = EVENTS) {
      const events = await selectEvents(db, hostId, limit)
      if (hostId !== undefined) return events
      return [...events, ...(await selectServerEvents(db, limit))].sort((a, b) => b.at - a.at).slice(0, limit)
    },
    removeDevice: hostId => deleteDevice(db, hostId),
    groups: () => selectGroups(db),
    addGroup: group => insertGroup(db, group),
    changeGroup: (id, group) => updateGroup(db, id, group),
    removeGroups: ids => deleteGroups(db, ids),
    policies: () => selectPolicies(db),
    addPolicy: policy => insertPolicy(db, policy),
    activatePolicy: (number, active) => activatePolicy(db, number, active),
    removePolicy: number => deletePolicy(db, number),
    tasks: () => selectTasks(db),
    startTask: (number, hostIds, at) => startTask(db, number, hostIds, at),
    finishTasks: (hostId, at) => finishTasks(db, hostId, at),
    startTaskOn: (number, hostId, at) => startTaskOn(db, number, hostId, at),
    taskRuns: number => selectTaskRuns(db, { task_number: number }),
    taskRunsOn: hostId => selectTaskRuns(db, { host_id: hostId }),
    tags: new Tags(db),
    async takeWord(nonce) {
      const { numDeletedRows } = await db.deleteFrom('exercises').where('nonce', '=', nonce).executeTakeFirst()
      return numDeletedRows > 0n
    },
    close: () => db.destroy(),
  }
}

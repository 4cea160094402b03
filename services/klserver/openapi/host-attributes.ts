/** Attributes of a host (vendor reference, "List of host attributes"), as far as the lab's devices have them. */

import { type GroupTree, groupTree } from '../group-tree.ts'
import { UNASSIGNED } from '../groups.ts'
import type { DeviceSearch } from '../store/device-search.ts'
import type { Device, Store } from '../store/index.ts'
import type { Records } from './search.ts'
import { datetime, type Fields, long, type Value } from './types.ts'

/** Bits of KLHST_WKS_STATUS. */
const VISIBLE = 0x1
const IN_GROUP = 0x2
const AGENT_INSTALLED = 0x4
const AGENT_ALIVE = 0x8
const PROTECTION_INSTALLED = 0x10

const status = ({ state, groupId }: Device, tree: GroupTree): number =>
  (tree.isManaged(groupId) ? IN_GROUP : 0) |
  AGENT_INSTALLED |
  PROTECTION_INSTALLED |
  (state === 'on' ? VISIBLE | AGENT_ALIVE : 0)

const IPV4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/

/** The four bytes; undefined where the device came by IPv6. */
function ip({ address }: Device): Buffer | undefined {
  const [, dotted] = IPV4.exec(address) ?? []
  return dotted === undefined ? undefined : Buffer.from(dotted.split('.').map(Number))
}

const ipLong = (device: Device): Value | undefined => {
  const bytes = ip(device)
  return bytes && long(bytes.readUInt32BE())
}

const protection = ({ applications }: Device) => applications.find(({ name }) => /endpoint security/i.test(name))
const firstLabel = ({ name }: Device) => name.split('.')[0] ?? name
const domain = ({ name }: Device) => name.split('.').slice(1).join('.')

/** Undefined: this device does not have it, so that it is absent from the answer. */
const attributes: Record<string, (device: Device, tree: GroupTree) => Value | undefined> = {
  KLHST_WKS_HOSTNAME: ({ hostId }) => hostId,
  KLHST_WKS_DN: ({ displayName }) => displayName,
  KLHST_INSTANCEID: ({ agentId }) => agentId,
  KLHST_WKS_FQDN: ({ name }) => name,
  KLHST_WKS_DNSNAME: firstLabel,
  KLHST_WKS_DNSDOMAIN: device => domain(device) || undefined,
  KLHST_WKS_WINHOSTNAME: firstLabel,
  KLHST_WKS_GROUPID: ({ groupId }) => groupId,
  name: ({ groupId }, tree) => tree.get(groupId)?.name,
  grp_full_name: ({ groupId }, tree) => tree.fullName(groupId),
  KLHST_WKS_FROM_UNASSIGNED: ({ groupId }, tree) => tree.line(groupId).some(({ id }) => id === UNASSIGNED),
  KLHST_WKS_IP_LONG: ipLong,
  KLHST_WKS_IP: device => ip(device)?.readInt32LE(),
  KLHST_WKS_STATUS: status,
  KLHST_WKS_STATUS_ID: () => 0,
  KLHST_WKS_STATUS_MASK: () => 0,
  KLHST_WKS_RTP_STATE: () => 0,
  KLHST_WKS_CREATED: ({ createdAt }) => datetime(createdAt),
  KLHST_WKS_LAST_VISIBLE: ({ lastSeenAt }) => datetime(lastSeenAt),
  KLHST_WKS_LAST_NAGENT_CONNECTED: ({ lastSeenAt }) => datetime(lastSeenAt),
  KLHST_WKS_LAST_INFOUDATE: ({ lastSyncAt }) => (lastSyncAt === null ? undefined : datetime(lastSyncAt)),
  KLHST_WKS_VIRUS_COUNT: () => long(0),
  KLHST_WKS_UNCURED_COUNT: () => long(0),
  KLHST_WKS_OS_NAME: ({ os }) => os,
  KLHST_WKS_NAG_VERSION: ({ version }) => version,
  KLHST_WKS_RTP_AV_VERSION: device => protection(device)?.version,
  KLHST_WKS_COMMENT: ({ mobile, user }) => (mobile ? `Mobile device of ${user ?? 'nobody yet'}` : ''),
  KLHST_WKS_RBT_REQUIRED: () => false,
  KLHST_WKS_RBT_REQUEST_REASON: () => 0,
}

/** `_GP`: the group or any of its parents. In filters only. */
const GROUP_OR_PARENT = 'KLHST_WKS_GROUPID_GP'

/** How the attributes of devices are read; no names: all that the lab knows (assumed). Unknown names are left out. */
export function hostReader(tree: GroupTree): Pick<Records<Device>, 'attribute' | 'fields'> {
  const attribute = (device: Device, name: string) =>
    Object.hasOwn(attributes, name) ? attributes[name]?.(device, tree) : undefined
  return {
    attribute: (device, name) =>
      name === GROUP_OR_PARENT ? tree.line(device.groupId).map(({ id }) => id) : attribute(device, name),
    fields(device, names = []) {
      const fields: Fields = {}
      for (const name of names.length > 0 ? names : Object.keys(attributes)) {
        const value = attribute(device, name)
        if (value !== undefined) fields[name] = value
      }
      return fields
    },
  }
}

export const hostRecords = async (store: Store, search?: DeviceSearch): Promise<Records<Device>> => ({
  items: await store.devices(search),
  ...hostReader(await groupTree(store)),
})

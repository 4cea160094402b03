import { isObject } from './open-api.ts'

/** `on`: its Network Agent is alive; `silent`: seen on the network, the agent is not; `off`: neither. */
export type DeviceState = 'on' | 'silent' | 'off'

/** One row of the list, in the page and in `/api/devices`. Times are ISO 8601 in UTC; null is what the Server does not know. */
export interface Device {
  id: string
  name: string
  state: DeviceState
  health: 'ok' | 'critical' | 'warning'
  address: string | null
  agentVersion: string | null
  os: string | null
  /** Whose a mobile device is. */
  comment: string | null
  lastConnected: string | null
  lastVisible: string | null
}

export const DEVICE_FIELDS = [
  'KLHST_WKS_HOSTNAME',
  'KLHST_WKS_DN',
  'KLHST_WKS_STATUS',
  'KLHST_WKS_STATUS_ID',
  'KLHST_WKS_LAST_NAGENT_CONNECTED',
  'KLHST_WKS_LAST_VISIBLE',
  'KLHST_WKS_IP_LONG',
  'KLHST_WKS_NAG_VERSION',
  'KLHST_WKS_OS_NAME',
  'KLHST_WKS_COMMENT',
] as const

/** Bits of KLHST_WKS_STATUS (OpenAPI reference, "List of host attributes"). */
const VISIBLE = 0x1
const AGENT_ALIVE = 0x8

const HEALTH = ['ok', 'critical', 'warning'] as const

/** An item of a chunk. A field that the Server does not have for a device is absent. */
export function readDevice(item: unknown): Device {
  const map = unwrapped(item)
  const fields = isObject(map) ? map : {}
  const field = (name: (typeof DEVICE_FIELDS)[number]) => unwrapped(fields[name])
  const id = text(field('KLHST_WKS_HOSTNAME')) ?? 'unknown'
  const status = Number(field('KLHST_WKS_STATUS') ?? 0)
  return {
    id,
    name: text(field('KLHST_WKS_DN')) ?? id,
    state: status & AGENT_ALIVE ? 'on' : status & VISIBLE ? 'silent' : 'off',
    health: HEALTH[Number(field('KLHST_WKS_STATUS_ID') ?? 0)] ?? 'ok',
    address: ipv4(field('KLHST_WKS_IP_LONG')),
    agentVersion: text(field('KLHST_WKS_NAG_VERSION')),
    os: text(field('KLHST_WKS_OS_NAME')),
    comment: text(field('KLHST_WKS_COMMENT')),
    lastConnected: time(field('KLHST_WKS_LAST_NAGENT_CONNECTED')),
    lastVisible: time(field('KLHST_WKS_LAST_VISIBLE')),
  }
}

/** Typed values below the top level come as `{type, value}` (OpenAPI reference, "Types"). */
const unwrapped = (value: unknown): unknown =>
  isObject(value) && typeof value.type === 'string' && 'value' in value ? value.value : value

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function time(value: unknown): string | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** The most significant byte comes first. */
function ipv4(value: unknown): string | null {
  if (typeof value !== 'number' || value === 0) return null
  return [24, 16, 8, 0].map(shift => (value >>> shift) & 0xff).join('.')
}

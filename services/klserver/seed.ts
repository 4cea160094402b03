/** Fills a Server's store with a network, the same one for the same seed. */
import type { ServiceContext } from '../../shared/service.ts'
import { MANAGED } from './groups.ts'
import type { SettledDevice } from './store/bulk.ts'
import type { Store } from './store/index.ts'
import { storeOf } from './store/open.ts'

export interface Seeded {
  devices: number
  groups: number
  /** In the store now. */
  total: number
}

/** The network was last seen then: what is seeded is the same on every day. */
const SEEN_UNTIL = Date.UTC(2026, 0, 1)
/** ms; one after another, so that a time span holds a known number of them. */
const APART = 10_000
const GROUPS = 100
const SYSTEMS = ['Windows 11', 'Windows 10', 'Windows Server 2022', 'Debian GNU/Linux 12', 'macOS 14']

/** @param random from 0 up to 1, seeded */
export async function seed(
  context: Pick<ServiceContext, 'host' | 'topology' | 'settings' | 'state' | 'log' | 'random' | 'notice'>,
  devices: number,
): Promise<Seeded> {
  const { store } = await storeOf(context)
  try {
    return await seedStore(store, devices, context.random)
  } finally {
    await store.close()
  }
}

export async function seedStore(store: Store, devices: number, random: () => number): Promise<Seeded> {
  await store.roomFor(devices)
  const groups: number[] = []
  for (let n = 1; n <= Math.min(GROUPS, devices); n += 1)
    groups.push((await store.addGroup({ name: `Branch ${pad(n, 3)}`, parentId: MANAGED, at: SEEN_UNTIL })).id)
  const added = await store.addDevices(network(devices, groups, random))
  return { devices: added, groups: groups.length, total: await store.countDevices() }
}

function* network(devices: number, groups: readonly number[], random: () => number): Generator<SettledDevice> {
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
  const guid = () => {
    const hex = bytes(16).toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    )
  }
  const run = guid().slice(0, 4)
  for (let n = 0; n < devices; n += 1) {
    const at = SEEN_UNTIL - (devices - n) * APART
    yield {
      hostId: guid(),
      agentId: guid(),
      name: `ws-${run}-${pad(n + 1, 6)}`,
      address: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
      version: '15.1.0',
      os: SYSTEMS[Math.floor(random() * SYSTEMS.length)] ?? '',
      at,
      createdAt: at - 86_400_000,
      lastSyncAt: at,
      state: random() < 0.8 ? 'on' : 'off',
      groupId: groups[n % groups.length] ?? MANAGED,
      noticeKey: bytes(32).toString('base64'),
    }
  }
}

const pad = (n: number, length: number): string => String(n).padStart(length, '0')

import type { Device } from '../store/index.ts'

/** Devices that are called at once (assumed): a whole network is not called in one breath. */
const AT_ONCE = 100

/** Calls them all. Rejects in the end with what the first said that did not come, and how many more did not. */
export async function callAll(
  devices: readonly Device[],
  synchronise: (device: Device) => Promise<void>,
): Promise<void> {
  const waiting = devices.values()
  const failures: Error[] = []
  const work = async () => {
    for (const device of waiting) await synchronise(device).catch(error => void failures.push(error))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const [first] = failures
  if (!first) return
  const more = failures.length - 1
  throw new Error(more === 0 ? first.message : `${first.message}; nor have ${more} more`)
}

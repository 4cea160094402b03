import { setTimeout as sleep } from 'node:timers/promises'
import { cpu } from '../harness/proc.ts'
import type { Rival } from '../harness/rival.ts'
import type { Role } from '../harness/role.ts'
import type { Figures } from '../harness/rounds.ts'

const AT_ONCE = 16
const WARM_UP_MS = 300

/** Dial, ClientHello, one byte of the other end, and away; sixteen side by side. */
export async function openings({ pid, towards }: Rival, client: Role, ms: number): Promise<Figures> {
  await client.ask('openings', { count: AT_ONCE, port: await towards('greet') })
  await sleep(WARM_UP_MS)
  const [before, used] = [await client.ask('received'), pid ? cpu(pid) : 0]
  await sleep(ms)
  const opened = (await client.ask('received')) - before
  const figures = { '/s': (opened / ms) * 1e3, 'CPU µs': pid ? ((cpu(pid) - used) / opened) * 1e3 : Number.NaN }
  await client.ask('close')
  await sleep(200)
  return figures
}

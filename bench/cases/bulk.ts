import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind } from '../harness/ends.ts'
import { cpu } from '../harness/proc.ts'
import type { Rival } from '../harness/rival.ts'
import type { Role } from '../harness/role.ts'
import type { Figures } from '../harness/rounds.ts'

const WARM_UP_MS = 300

export interface Bulk {
  /** What the client is asked: `upload`, `download-tls`. */
  way: string
  kind: Kind
  count: number
  client: Role
  /** Counts what arrives. */
  receiver: Role
  ms: number
}

/** Bytes as fast as they go, on so many connections. */
export async function bulk(
  { pid, towards }: Rival,
  { way, kind, count, client, receiver, ms }: Bulk,
): Promise<Figures> {
  await client.ask(way, { count, port: await towards(kind) })
  await sleep(WARM_UP_MS)
  const [at, bytes, used] = [performance.now(), await receiver.ask('received'), pid ? cpu(pid) : 0]
  await sleep(ms)
  const gigabytes = ((await receiver.ask('received')) - bytes) / 1e9
  const seconds = (performance.now() - at) / 1e3
  const figures = { 'GB/s': gigabytes / seconds, 'CPU s/GB': pid ? (cpu(pid) - used) / 1e3 / gigabytes : Number.NaN }
  await client.ask('close')
  await sleep(100)
  return figures
}

import type { Method } from '../method.ts'
import { endSession } from './end-session.ts'
import { findHosts } from './find-hosts.ts'
import { getHostInfo } from './get-host-info.ts'
import { getItemsChunk } from './get-items-chunk.ts'
import { getItemsCount } from './get-items-count.ts'
import { getStaticInfo } from './get-static-info.ts'
import { ping } from './ping.ts'
import { release } from './release.ts'
import { startSession } from './start-session.ts'

/** Everything that can be called, besides `login`. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [startSession, ping, endSession, findHosts, getHostInfo, getStaticInfo, getItemsCount, getItemsChunk, release].map(
    method => [method.name, method],
  ),
)

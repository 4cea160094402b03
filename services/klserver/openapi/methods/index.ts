import type { Method } from '../method.ts'
import { checkActionState } from './check-action-state.ts'
import { createToken } from './create-token.ts'
import { endSession } from './end-session.ts'
import { findGroups } from './find-groups.ts'
import { findHosts } from './find-hosts.ts'
import { findHostsAsync } from './find-hosts-async.ts'
import { findHostsAsyncGetAccessor } from './find-hosts-async-get-accessor.ts'
import { getGroupInfo } from './get-group-info.ts'
import { getGroupInfoEx } from './get-group-info-ex.ts'
import { getHostInfo } from './get-host-info.ts'
import { getHostProducts } from './get-host-products.ts'
import { getHostRuntimeInfo } from './get-host-runtime-info.ts'
import { getItemsChunk } from './get-items-chunk.ts'
import { getItemsCount } from './get-items-count.ts'
import { getNagentLocation } from './get-nagent-location.ts'
import { getPoliciesForGroup } from './get-policies-for-group.ts'
import { getPolicyData } from './get-policy-data.ts'
import { getRecordCount } from './get-record-count.ts'
import { getRecordRange } from './get-record-range.ts'
import { getStaticInfo } from './get-static-info.ts'
import { groupIdGroups } from './group-id-groups.ts'
import { groupIdUnassigned } from './group-id-unassigned.ts'
import { moveHostsToGroup } from './move-hosts-to-group.ts'
import { ping } from './ping.ts'
import { prepareGatewayConnection } from './prepare-gateway-connection.ts'
import { release } from './release.ts'
import { releaseIterator } from './release-iterator.ts'
import { resetIterator } from './reset-iterator.ts'
import { startSession } from './start-session.ts'
import { updateHost } from './update-host.ts'

const all = [
  startSession,
  ping,
  endSession,
  createToken,
  findHosts,
  findHostsAsync,
  findHostsAsyncGetAccessor,
  checkActionState,
  getHostInfo,
  getHostProducts,
  updateHost,
  moveHostsToGroup,
  getStaticInfo,
  findGroups,
  getGroupInfo,
  getGroupInfoEx,
  groupIdGroups,
  groupIdUnassigned,
  getPoliciesForGroup,
  getPolicyData,
  getItemsCount,
  getItemsChunk,
  release,
  resetIterator,
  getRecordCount,
  getRecordRange,
  releaseIterator,
  getNagentLocation,
  prepareGatewayConnection,
  getHostRuntimeInfo,
]

/** Everything that can be called, besides `login`. */
export const methods: ReadonlyMap<string, Method> = new Map(all.map(method => [method.name, method]))

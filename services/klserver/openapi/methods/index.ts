import type { Method } from '../method.ts'
import { addGroup } from './add-group.ts'
import { addGroupHostsForSync } from './add-group-hosts-for-sync.ts'
import { addHostsForSync } from './add-hosts-for-sync.ts'
import { addPolicy } from './add-policy.ts'
import { checkActionState } from './check-action-state.ts'
import { createToken } from './create-token.ts'
import { deletePolicy } from './delete-policy.ts'
import { endSession } from './end-session.ts'
import { eventProcessingGetRecordCount } from './event-processing-get-record-count.ts'
import { eventProcessingGetRecordRange } from './event-processing-get-record-range.ts'
import { eventProcessingReleaseIterator } from './event-processing-release-iterator.ts'
import { findGroups } from './find-groups.ts'
import { findHosts } from './find-hosts.ts'
import { findHostsAsync } from './find-hosts-async.ts'
import { findHostsAsyncGetAccessor } from './find-hosts-async-get-accessor.ts'
import { generateSecret } from './generate-secret.ts'
import { getAllTasksOfHost } from './get-all-tasks-of-host.ts'
import { getEffectivePoliciesForGroup } from './get-effective-policies-for-group.ts'
import { getGroupId } from './get-group-id.ts'
import { getGroupInfo } from './get-group-info.ts'
import { getGroupInfoEx } from './get-group-info-ex.ts'
import { getHostInfo } from './get-host-info.ts'
import { getHostProducts } from './get-host-products.ts'
import { getHostRuntimeInfo } from './get-host-runtime-info.ts'
import { getItemsChunk } from './get-items-chunk.ts'
import { getItemsCount } from './get-items-count.ts'
import { getNagentLocation } from './get-nagent-location.ts'
import { getNextTask } from './get-next-task.ts'
import { getPoliciesForGroup } from './get-policies-for-group.ts'
import { getPolicyData } from './get-policy-data.ts'
import { getRecordCount } from './get-record-count.ts'
import { getRecordRange } from './get-record-range.ts'
import { getStaticInfo } from './get-static-info.ts'
import { getSubgroups } from './get-subgroups.ts'
import { getTask } from './get-task.ts'
import { getTaskData } from './get-task-data.ts'
import { getTaskHistory } from './get-task-history.ts'
import { getTaskStatistics } from './get-task-statistics.ts'
import { groupIdGroups } from './group-id-groups.ts'
import { groupIdSuper } from './group-id-super.ts'
import { groupIdUnassigned } from './group-id-unassigned.ts'
import { makePolicyActive } from './make-policy-active.ts'
import { moveHostsFromGroupToGroup } from './move-hosts-from-group-to-group.ts'
import { moveHostsToGroup } from './move-hosts-to-group.ts'
import { ping } from './ping.ts'
import { prepareGatewayConnection } from './prepare-gateway-connection.ts'
import { release } from './release.ts'
import { releaseIterator } from './release-iterator.ts'
import { releaseTasksIterator } from './release-tasks-iterator.ts'
import { removeGroup } from './remove-group.ts'
import { removeHost } from './remove-host.ts'
import { removeHosts } from './remove-hosts.ts'
import { resetIterator } from './reset-iterator.ts'
import { resetTasksIterator } from './reset-tasks-iterator.ts'
import { runTask } from './run-task.ts'
import { saveSecretForCurrentUser } from './save-secret-for-current-user.ts'
import { startSession } from './start-session.ts'
import { updateGroup } from './update-group.ts'
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
  groupIdSuper,
  getGroupId,
  getSubgroups,
  addGroup,
  updateGroup,
  removeGroup,
  moveHostsFromGroupToGroup,
  removeHost,
  removeHosts,
  addHostsForSync,
  addGroupHostsForSync,
  getEffectivePoliciesForGroup,
  addPolicy,
  deletePolicy,
  makePolicyActive,
  resetTasksIterator,
  getNextTask,
  releaseTasksIterator,
  getTask,
  getTaskData,
  runTask,
  getTaskStatistics,
  getTaskHistory,
  getAllTasksOfHost,
  eventProcessingGetRecordCount,
  eventProcessingGetRecordRange,
  eventProcessingReleaseIterator,
  generateSecret,
  saveSecretForCurrentUser,
]

/** Everything that can be called, besides `login`. */
export const methods: ReadonlyMap<string, Method> = new Map(all.map(method => [method.name, method]))

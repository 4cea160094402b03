import type { Method } from '../method.ts'
import { addGroup } from './add-group.ts'
import { addGroupHostsForSync } from './add-group-hosts-for-sync.ts'
import { addHostsForSync } from './add-hosts-for-sync.ts'
import { addPolicy } from './add-policy.ts'
import { addTag } from './add-tag.ts'
import { checkActionState } from './check-action-state.ts'
import { createEventProcessing } from './create-event-processing.ts'
import { createEventProcessing2 } from './create-event-processing-2.ts'
import { createEventProcessingForHost } from './create-event-processing-for-host.ts'
import { createEventProcessingForHost2 } from './create-event-processing-for-host-2.ts'
import { createToken } from './create-token.ts'
import { deletePolicy } from './delete-policy.ts'
import { deleteTags } from './delete-tags.ts'
import { endSession } from './end-session.ts'
import { enumKeys } from './enum-keys.ts'
import { enumReports } from './enum-reports.ts'
import { eventProcessingGetRecordCount } from './event-processing-get-record-count.ts'
import { eventProcessingGetRecordRange } from './event-processing-get-record-range.ts'
import { eventProcessingReleaseIterator } from './event-processing-release-iterator.ts'
import { executeReportAsync } from './execute-report-async.ts'
import { findGroups } from './find-groups.ts'
import { findHosts } from './find-hosts.ts'
import { findHostsAsync } from './find-hosts-async.ts'
import { findHostsAsyncGetAccessor } from './find-hosts-async-get-accessor.ts'
import { findIncidents } from './find-incidents.ts'
import { generateSecret } from './generate-secret.ts'
import { getAllTags } from './get-all-tags.ts'
import { getAllTasksOfHost } from './get-all-tasks-of-host.ts'
import { getAssignUasAutomatically } from './get-assign-uas-automatically.ts'
import { getCategory } from './get-category.ts'
import { getChildServers } from './get-child-servers.ts'
import { getDefaultUpdateAgentRegistrationInfo } from './get-default-update-agent-registration-info.ts'
import { getDomains } from './get-domains.ts'
import { getEffectivePoliciesForGroup } from './get-effective-policies-for-group.ts'
import { getGroupId } from './get-group-id.ts'
import { getGroupInfo } from './get-group-info.ts'
import { getGroupInfoEx } from './get-group-info-ex.ts'
import { getHostInfo } from './get-host-info.ts'
import { getHostInvPatches } from './get-host-inv-patches.ts'
import { getHostInvProducts } from './get-host-inv-products.ts'
import { getHostProducts } from './get-host-products.ts'
import { getHostRuntimeInfo } from './get-host-runtime-info.ts'
import { getHostTags } from './get-host-tags.ts'
import { getHostTasks } from './get-host-tasks.ts'
import { getInvPatchesList } from './get-inv-patches-list.ts'
import { getInvProductsList } from './get-inv-products-list.ts'
import { getItemsChunk } from './get-items-chunk.ts'
import { getItemsCount } from './get-items-count.ts'
import { getNagentLocation } from './get-nagent-location.ts'
import { getNextItems } from './get-next-items.ts'
import { getNextTask } from './get-next-task.ts'
import { getPoliciesForGroup } from './get-policies-for-group.ts'
import { getPolicyData } from './get-policy-data.ts'
import { getRecordCount } from './get-record-count.ts'
import { getRecordRange } from './get-record-range.ts'
import { getReportIds } from './get-report-ids.ts'
import { getReportInfo } from './get-report-info.ts'
import { getServerInfo } from './get-server-info.ts'
import { getStaticInfo } from './get-static-info.ts'
import { getSubgroups } from './get-subgroups.ts'
import { getTags } from './get-tags.ts'
import { getTask } from './get-task.ts'
import { getTaskData } from './get-task-data.ts'
import { getTaskHistory } from './get-task-history.ts'
import { getTaskStatistics } from './get-task-statistics.ts'
import { getUpdateAgentInfo } from './get-update-agent-info.ts'
import { getUpdateAgentsDisplayInfoForHost } from './get-update-agents-display-info-for-host.ts'
import { getUpdateAgentsList } from './get-update-agents-list.ts'
import { getUpdatesInfo } from './get-updates-info.ts'
import { getUsers } from './get-users.ts'
import { getVServers } from './get-v-servers.ts'
import { groupIdGroups } from './group-id-groups.ts'
import { groupIdSuper } from './group-id-super.ts'
import { groupIdUnassigned } from './group-id-unassigned.ts'
import { groupSyncReleaseIterator } from './group-sync-release-iterator.ts'
import { hostTasksGetNextTask } from './host-tasks-get-next-task.ts'
import { hostTasksGetTaskData } from './host-tasks-get-task-data.ts'
import { hostTasksResetTasksIterator } from './host-tasks-reset-tasks-iterator.ts'
import { makePolicyActive } from './make-policy-active.ts'
import { moveHostsFromGroupToGroup } from './move-hosts-from-group-to-group.ts'
import { moveHostsToGroup } from './move-hosts-to-group.ts'
import { ping } from './ping.ts'
import { prepareGatewayConnection } from './prepare-gateway-connection.ts'
import { registerDmzGateway } from './register-dmz-gateway.ts'
import { registerUpdateAgent } from './register-update-agent.ts'
import { release } from './release.ts'
import { releaseIterator } from './release-iterator.ts'
import { releaseTasksIterator } from './release-tasks-iterator.ts'
import { removeGroup } from './remove-group.ts'
import { removeHost } from './remove-host.ts'
import { removeHosts } from './remove-hosts.ts'
import { renameTag } from './rename-tag.ts'
import { resetIterator } from './reset-iterator.ts'
import { resetTasksIterator } from './reset-tasks-iterator.ts'
import { runTask } from './run-task.ts'
import { saveSecretForCurrentUser } from './save-secret-for-current-user.ts'
import { sendSyncPushMessage } from './send-sync-push-message.ts'
import { sendTaskAction } from './send-task-action.ts'
import { setTags } from './set-tags.ts'
import { startSession } from './start-session.ts'
import { unregisterUpdateAgent } from './unregister-update-agent.ts'
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
  getAllTags,
  addTag,
  renameTag,
  deleteTags,
  getTags,
  setTags,
  getHostTags,
  getHostInvProducts,
  getInvProductsList,
  getHostInvPatches,
  getInvPatchesList,
  getChildServers,
  getServerInfo,
  getVServers,
  getUsers,
  sendSyncPushMessage,
  getUpdateAgentsList,
  getUpdateAgentsDisplayInfoForHost,
  getUpdateAgentInfo,
  getDefaultUpdateAgentRegistrationInfo,
  getAssignUasAutomatically,
  registerUpdateAgent,
  registerDmzGateway,
  unregisterUpdateAgent,
  createEventProcessing,
  createEventProcessing2,
  createEventProcessingForHost,
  createEventProcessingForHost2,
  sendTaskAction,
  getUpdatesInfo,
  getCategory,
  findIncidents,
  enumReports,
  getReportIds,
  getReportInfo,
  executeReportAsync,
  enumKeys,
  getNextItems,
  groupSyncReleaseIterator,
  getDomains,
  getHostTasks,
  hostTasksResetTasksIterator,
  hostTasksGetNextTask,
  hostTasksGetTaskData,
]

/** Everything that can be called, besides `login`. */
export const methods: ReadonlyMap<string, Method> = new Map(all.map(method => [method.name, method]))

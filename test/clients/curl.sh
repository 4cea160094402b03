#!/usr/bin/env bash
# Plain curl, as the vendor's knowledge base shows it: StartSession without a body or a type, then the session id with every call.
set -euo pipefail
b64() { printf %s "$1" | base64 -w0; }
ask() { curl -fsS --cacert "$CA" "${@:2}" "$URL/api/v1.0/$1"; }
session=$(ask Session.StartSession -X POST -H "Authorization: KSCBasic user=\"$(b64 "$KSC_USER")\", pass=\"$(b64 "$KSC_PASSWORD")\", internal=\"1\"" | jq -er .PxgRetVal)
call() { ask "$1" -H "X-KSC-Session: $session" -d "$2"; }
found() {
  local accessor
  accessor=$(call "$1" "$2" | jq -er .strAccessor)
  call ChunkAccessor.GetItemsChunk "{\"strAccessor\":\"$accessor\",\"nStart\":0,\"nCount\":1000}" | jq -c '[.pChunk.KLCSP_ITERATOR_ARRAY[].value]'
}
hosts=$(found HostGroup.FindHosts '{"wstrFilter":"(KLHST_WKS_DN=\"agent-*\")","vecFieldsToReturn":["KLHST_WKS_DN"],"lMaxLifeTime":100}')
groups=$(found HostGroup.FindGroups '{"wstrFilter":"","vecFieldsToReturn":["name"],"lMaxLifeTime":100}')
policies=$(call Policy.GetPoliciesForGroup '{"nGroupId":0}')
iterator=$(call Tasks.ResetTasksIterator '{"nGroupId":0,"bGroupIdSignificant":false,"bIncludeSupergroups":true}' | jq -er .strTaskIteratorId)
tasks='[]'
while task=$(call Tasks.GetNextTask "{\"strTaskIteratorId\":\"$iterator\"}" | jq -e '.pTaskData.TASK_INFO_PARAMS.value.DisplayName'); do
  tasks=$(jq -c --argjson task "$task" '. + [$task]' <<<"$tasks")
done
view=$(call SrvView.ResetIterator '{"wstrViewName":"EventsSrvViewName","vecFieldsToReturn":["event_type"],"lifetimeSec":100}' | jq -er .wstrIteratorId)
events=$(call SrvView.GetRecordRange "{\"wstrIteratorId\":\"$view\",\"nStart\":0,\"nEnd\":999}")
call Session.EndSession '{}' >/dev/null
jq -cn --argjson hosts "$hosts" --argjson groups "$groups" --argjson policies "$policies" --argjson events "$events" --argjson tasks "$tasks" '{
  hosts: ($hosts | map(.KLHST_WKS_DN) | sort),
  groups: ($groups | map(.name) | sort),
  policies: ($policies.PxgRetVal | map(.value.KLPOL_DN) | sort),
  tasks: ($tasks | sort),
  loggedIn: ([$events.pRecords.KLCSP_ITERATOR_ARRAY[].value.event_type] | any(. == "KLAUD_EV_SERVERCONNECT"))
}'

"""Speaks as a connector of an orchestration platform does: no login, the credentials with every call, a connection of its own for
each, /api/v1.1; and, with SESSIONS=1, as a fork of it does: a session for every call, in which the accessor of another is used."""

import base64
import os
import json
import sys

import requests

SESSIONS = os.environ.get("SESSIONS") == "1"


def b64(text):
    return base64.b64encode(text.encode()).decode()


LOGIN = f'KSCBasic user="{b64(os.environ["KSC_USER"])}", pass="{b64(os.environ["KSC_PASSWORD"])}", internal="1"'


def post(method, args, headers):
    answer = requests.post(f'{os.environ["URL"]}/api/v1.1/{method}', headers=headers, data=args and json.dumps(args), verify=os.environ["CA"])
    # What does not call itself JSON is not looked at.
    if not answer.ok or "json" not in str(answer.headers):
        sys.exit(f"{method}: {answer.status_code} {answer.text}")
    return answer.json()


def call(method, **args):
    if not SESSIONS:
        return post(method, args, {"Authorization": LOGIN, "Content-Type": "application/json"})
    session = post("Session.StartSession", None, {"Authorization": LOGIN})["PxgRetVal"]
    result = post(method, args, {"X-KSC-Session": session, "Content-Type": "application/json"})
    post("Session.EndSession", None, {"X-KSC-Session": session})
    return result


def found(method, **args):
    accessor = call(method, **args)["strAccessor"]
    # More than there is; it neither counts nor releases.
    chunk = call("ChunkAccessor.GetItemsChunk", strAccessor=accessor, nStart=0, nCount=100000)
    return [item["value"] for item in chunk["pChunk"]["KLCSP_ITERATOR_ARRAY"]]


hosts = found("HostGroup.FindHosts", wstrFilter='KLHST_WKS_DN="agent-*"', vecFieldsToReturn=["KLHST_WKS_DN"], lMaxLifeTime=100)
groups = found("HostGroup.FindGroups", wstrFilter=None, vecFieldsToReturn=["name"], lMaxLifeTime=100)
policies = call("Policy.GetPoliciesForGroup", nGroupId=0)["PxgRetVal"]
iterator = call("Tasks.ResetTasksIterator", nGroupId=0, bGroupIdSignificant=False, strProductName="", strVersion="", strComponentName="", strInstanceId="", strTaskName="", bIncludeSupergroups=True)["strTaskIteratorId"]
tasks = []
while task := call("Tasks.GetNextTask", strTaskIteratorId=iterator).get("pTaskData"):
    tasks.append(task["TASK_INFO_PARAMS"]["value"]["DisplayName"])
view = call("SrvView.ResetIterator", wstrViewName="EventsSrvViewName", vecFieldsToReturn=["event_type"], vecFieldsToOrder=[], pParams=None, lifetimeSec=100)
records = call("SrvView.GetRecordRange", wstrIteratorId=view["wstrIteratorId"], nStart=0, nEnd=100000)["pRecords"]
print(
    json.dumps(
        {
            "hosts": sorted(host["KLHST_WKS_DN"] for host in hosts),
            "groups": sorted(group["name"] for group in groups),
            "policies": sorted(policy["value"]["KLPOL_DN"] for policy in policies),
            "tasks": sorted(tasks),
            "loggedIn": any(record["value"]["event_type"] == "KLAUD_EV_SERVERCONNECT" for record in records["KLCSP_ITERATOR_ARRAY"]),
        }
    )
)

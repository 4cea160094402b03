"""Speaks on the wire as the vendor's Python package does: one connection, login on it, then calls that say nothing of who
calls; maps within maps and arrays are wrapped, and must come back wrapped. Written from the reference, not from the package."""

import base64
import json
import os
import sys
import time

import requests

CA = os.environ["CA"]
HEADERS = {"Content-Type": "application/json"}


def b64(text):
    return base64.b64encode(text.encode()).decode()


def wrapped(value):
    if isinstance(value, dict):
        return {"type": "params", "value": {name: wrapped(each) for name, each in value.items()}}
    return [wrapped(each) for each in value] if isinstance(value, list) else value


def fields(item):
    if not isinstance(item, dict) or item.get("type") != "params":
        raise TypeError(f"a map within an array is not wrapped: {item}")
    return item["value"]


class Server:
    def __init__(self, url, user, password):
        self.url = url + "/api/v1.0/"
        self.connection = requests.Session()
        # The package gives the domain as it is, and its certificate to the login alone: later calls go by REQUESTS_CA_BUNDLE.
        login = f'KSCBasic user="{b64(user)}", pass="{b64(password)}", domain="lab.example", internal="1"'
        self.read(self.connection.post(self.url + "login", headers={**HEADERS, "Authorization": login}, data="{}", verify=CA))

    def call(self, method, **args):
        bare = {name: {n: wrapped(v) for n, v in each.items()} if isinstance(each, dict) else wrapped(each) for name, each in args.items()}
        return self.read(self.connection.post(self.url + method, headers=HEADERS, data=json.dumps(bare)))

    def read(self, answer):
        if answer.status_code != 200:
            sys.exit(f"{answer.url.rsplit('/', 1)[1]}: {answer.status_code} {answer.text}")
        body = answer.json()
        if "PxgError" in body:
            sys.exit(f"PxgError {body['PxgError']['module']} {body['PxgError']['code']}: {body['PxgError']['message']}")
        return body

    def found(self, method, **args):
        accessor = self.call(method, **args)["strAccessor"]
        count = self.call("ChunkAccessor.GetItemsCount", strAccessor=accessor)["PxgRetVal"]
        items = []
        for start in range(0, count, 2):
            chunk = self.call("ChunkAccessor.GetItemsChunk", strAccessor=accessor, nStart=start, nCount=2)["pChunk"]
            items += [fields(item) for item in chunk["KLCSP_ITERATOR_ARRAY"]]
        self.call("ChunkAccessor.Release", strAccessor=accessor)
        return items


server = Server(os.environ["URL"], os.environ["KSC_USER"], os.environ["KSC_PASSWORD"])
root = server.call("HostGroup.GroupIdGroups")["PxgRetVal"]
hosts = server.found(
    "HostGroup.FindHosts",
    wstrFilter=f'(&(KLHST_WKS_GROUPID={root})(KLHST_WKS_DN="agent-*"))',
    vecFieldsToReturn=["KLHST_WKS_HOSTNAME", "KLHST_WKS_DN", "KLHST_WKS_LAST_VISIBLE"],
    vecFieldsToOrder=[{"Name": "KLHST_WKS_DN", "Asc": True}],
    pParams={"KLSRVH_SLAVE_REC_DEPTH": 0, "KLGRP_FIND_FROM_CUR_VS_ONLY": True},
    lMaxLifeTime=100,
)
if any(host["KLHST_WKS_LAST_VISIBLE"]["type"] != "datetime" for host in hosts):
    raise TypeError("a time is not wrapped")
groups = server.found("HostGroup.FindGroups", wstrFilter="", vecFieldsToReturn=["id", "name"], vecFieldsToOrder=[], pParams={}, lMaxLifeTime=100)
policies = [fields(each) for each in server.call("Policy.GetPoliciesForGroup", nGroupId=root)["PxgRetVal"]]
iterator = server.call(
    "Tasks.ResetTasksIterator",
    nGroupId=root,
    bGroupIdSignificant=False,
    strProductName=None,
    strVersion=None,
    strComponentName=None,
    strInstanceId=None,
    strTaskName=None,
    bIncludeSupergroups=True,
)["strTaskIteratorId"]
tasks = {}
while task := server.call("Tasks.GetNextTask", strTaskIteratorId=iterator).get("pTaskData"):
    tasks[task["TASK_UNIQUE_ID"]] = fields(task["TASK_INFO_PARAMS"])["DisplayName"]
server.call("Tasks.ReleaseTasksIterator", strTaskIteratorId=iterator)


def states(task):
    asked = {"strTask": task, "pFields2Return": ["event_id", "task_new_state"], "pSortFields": [], "strHostName": "", "pFilter": {}}
    history = server.call("Tasks.GetTaskHistory", **asked)["strIteratorId"]
    count = server.call("EventProcessing.GetRecordCount", strIteratorId=history)["PxgRetVal"]
    rows = server.call("EventProcessing.GetRecordRange", strIteratorId=history, nStart=0, nEnd=count)["pParamsEvents"]
    server.call("EventProcessing.ReleaseIterator", strIteratorId=history)
    return {fields(row)["event_id"]: fields(row)["task_new_state"] for row in rows["KLEVP_EVENT_RANGE_ARRAY"]}


# Runs a task and waits until a new row says that it has failed (3) or is done (4).
ran = sorted(tasks)[0]
before = states(ran)
server.call("Tasks.RunTask", strTask=ran)
until = time.monotonic() + 15
while not (ended := {state for row, state in states(ran).items() if row not in before and state in (3, 4)}):
    if time.monotonic() > until:
        sys.exit(f"the task {tasks[ran]} does not end")
    time.sleep(0.1)
iterator = server.call(
    "SrvView.ResetIterator",
    wstrViewName="EventsSrvViewName",
    vecFieldsToReturn=["event_db_id", "event_type", "rise_time"],
    vecFieldsToOrder=[{"Name": "rise_time", "Asc": False}],
    pParams={},
    lifetimeSec=100,
)["wstrIteratorId"]
count = server.call("SrvView.GetRecordCount", wstrIteratorId=iterator)["PxgRetVal"]
records = server.call("SrvView.GetRecordRange", wstrIteratorId=iterator, nStart=0, nEnd=count)["pRecords"]
events = {fields(each)["event_type"] for each in records["KLCSP_ITERATOR_ARRAY"]}
server.call("SrvView.ReleaseIterator", wstrIteratorId=iterator)
print(
    json.dumps(
        {
            "hosts": [host["KLHST_WKS_DN"] for host in hosts],
            "groups": sorted(group["name"] for group in groups),
            "policies": sorted(policy["KLPOL_DN"] for policy in policies),
            "tasks": sorted(tasks.values()),
            "ran": sorted(ended),
            "loggedIn": "KLAUD_EV_SERVERCONNECT" in events,
        }
    )
)

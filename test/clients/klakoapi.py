"""Speaks on the wire as the vendor's Python package does: one connection, login on it, then calls that say nothing of who
calls; maps within maps and arrays are wrapped, and must come back wrapped. Written from the reference, not from the package."""

import base64
import json
import os
import sys

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
            "loggedIn": "KLAUD_EV_SERVERCONNECT" in events,
        }
    )
)

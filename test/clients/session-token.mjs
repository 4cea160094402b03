// Speaks as a Go library does (internal=true without quotes, the letter x for the main Server, gzip always, null for what is empty,
// no argument that is 0, wrapped where it should be bare), and as a Node script does that goes on with a one-time token.
import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'

const { URL: url, KSC_USER: user, KSC_PASSWORD: password } = process.env
const base64 = text => Buffer.from(text).toString('base64')

const post = (method, headers, args) =>
  new Promise((resolve, reject) => {
    const body = args === undefined ? '' : JSON.stringify(args)
    const more = { 'Accept-Encoding': 'gzip', 'Content-Length': Buffer.byteLength(body) }
    const call = request(
      `${url}/api/v1.0/${method}`,
      { method: 'POST', headers: { ...headers, ...more } },
      async answer => {
        const pieces = []
        for await (const piece of answer) pieces.push(piece)
        const sent = Buffer.concat(pieces)
        const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString()
        if (answer.statusCode !== 200) return reject(new Error(`${method}: ${answer.statusCode} ${text}`))
        const result = JSON.parse(text)
        if (result.PxgError) reject(new Error(`${method}: ${result.PxgError.message}`))
        else resolve(result)
      },
    )
    call.on('error', reject)
    call.end(body)
  })

const basic = `KSCBasic user="${base64(user)}", pass="${base64(password)}", internal=true`
const first = await post('Session.StartSession', { Authorization: basic, 'X-KSC-VServer': 'x' })
const { PxgRetVal: token } = await post('Session.CreateToken', { 'X-KSC-Session': first.PxgRetVal }, {})
await post('Session.EndSession', { 'X-KSC-Session': first.PxgRetVal })

const { PxgRetVal: id } = await post('Session.StartSession', { Authorization: `KSCT ${token}` })
const call = (method, args) => post(method, { 'X-KSC-Session': id, 'Content-Type': 'application/json' }, args)
await call('Session.Ping')
async function found(method, args) {
  const { strAccessor } = await call(method, { ...args, pParams: null, lMaxLifeTime: 100 })
  const { pChunk } = await call('ChunkAccessor.GetItemsChunk', { strAccessor, nCount: 1000 })
  return pChunk.KLCSP_ITERATOR_ARRAY.map(({ value }) => value)
}
const wanted = {
  wstrFilter: '(&(KLHST_WKS_DN="AGENT-*")\n (KLHST_WKS_STATUS & 4 <> 0))',
  vecFieldsToReturn: ['KLHST_WKS_DN'],
}
const hosts = await found('HostGroup.FindHosts', { ...wanted, vecFieldsToOrder: [{ Name: 'KLHST_WKS_DN', Asc: true }] })
const groups = await found('HostGroup.FindGroups', { vecFieldsToReturn: ['name'], vecFieldsToOrder: null })
const policies = await call('Policy.GetPoliciesForGroup', { nGroupId: 0 })
const { strTaskIteratorId } = await call('Tasks.ResetTasksIterator', { bIncludeSupergroups: true })
const tasks = []
for (;;) {
  const { pTaskData } = await call('Tasks.GetNextTask', { strTaskIteratorId })
  if (!pTaskData || Object.keys(pTaskData).length === 0) break
  tasks.push(pTaskData.TASK_INFO_PARAMS.value.DisplayName)
}
const view = {
  wstrViewName: 'EventsSrvViewName',
  vecFieldsToReturn: ['event_type'],
  vecFieldsToOrder: null,
  lifetimeSec: 60,
}
const { wstrIteratorId } = await call('SrvView.ResetIterator', { ...view, pParams: { type: 'params', value: {} } })
const { pRecords } = await call('SrvView.GetRecordRange', { wstrIteratorId, nEnd: 1000 })
await call('Session.EndSession')
const answer = {
  hosts: hosts.map(host => host.KLHST_WKS_DN),
  groups: groups.map(group => group.name).sort(),
  policies: policies.PxgRetVal.map(({ value }) => value.KLPOL_DN).sort(),
  tasks: tasks.sort(),
  loggedIn: pRecords.KLCSP_ITERATOR_ARRAY.some(({ value }) => value.event_type === 'KLAUD_EV_SERVERCONNECT'),
}
process.stdout.write(`${JSON.stringify(answer)}\n`)

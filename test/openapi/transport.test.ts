import { gunzipSync, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { basic, openApi } from './kit.ts'

test.each(['/api/v1.0/', '/api/v1.1/', '/api/'])('calls under %s are the same', async prefix => {
  await using api = await openApi()
  const authorization = basic()
  expect(await api.post(`${prefix}login`, {}, { authorization })).toMatchObject({ status: 200, text: '{}' })
  expect(await api.post(`${prefix}HostGroup.GetStaticInfo`, {}, { authorization })).toMatchObject({ status: 200 })
})

test('a login path with the HTTP version in it, as one client sends it', async () => {
  await using api = await openApi()
  expect((await api.post('/api/login%20HTTP/1.1', {}, { authorization: basic() })).status).toBe(200)
})

test.each([
  ['nothing', undefined, {}],
  ['nothing, said to be JSON', undefined, { 'content-type': 'application/json' }],
  ['a body of no length', '', { 'content-length': '0' }],
  ['{}', '{}', { 'content-type': 'application/json' }],
  ['{} of no type', '{}', {}],
  ['{} of a type with parameters', '{}', { 'content-type': 'application/json; charset=UTF-8' }],
  ['{} as curl -d sends it', '{}', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['{} of a malformed type', '{}', { 'content-type': 'garbage' }],
  ['{} of an empty type', '{}', { 'content-type': '' }],
  ['{} in chunks', '{}', { 'transfer-encoding': 'chunked' }],
])('%s is no arguments', async (_, body, headers: Record<string, string>) => {
  await using api = await openApi()
  const answer = await api.call('HostGroup.GetStaticInfo', body, headers)
  expect(answer).toMatchObject({ status: 200, json: { PxgRetVal: { KLADMSRV_SERVER_HOSTNAME: 'klserver' } } })
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
})

test.each(['{', 'user=a', '[]', '"text"', '12', 'null'])('%s is refused as no object of arguments', async body => {
  await using api = await openApi()
  const { status, json } = await api.call('HostGroup.FindHosts', body)
  expect({ status, json }).toMatchObject({
    status: 400,
    json: { PxgError: { message: expect.stringMatching(/JSON/) } },
  })
})

test('a body over 1 MiB is refused, one of 1 MiB is read', async () => {
  await using api = await openApi()
  const sized = (bytes: number) => `{"wstrFilter":"${' '.repeat(bytes - 17)}"}`
  expect((await api.call('HostGroup.FindHosts', sized(1_048_576))).json).toMatchObject({ PxgRetVal: 0 })
  expect(await api.call('HostGroup.FindHosts', sized(1_048_577))).toMatchObject({
    status: 413,
    json: { PxgError: { message: expect.stringContaining('1048576') } },
  })
})

test('arguments nested without end are refused', async () => {
  await using api = await openApi()
  const answer = await api.call('HostGroup.FindHosts', `{"pParams":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  expect(answer).toMatchObject({ status: 200, json: { PxgError: { message: expect.stringMatching(/32 levels/) } } })
})

test.each([
  ['KsnInternal.CheckKsnConnection', 'KsnInternal.CheckKsnConnection'],
  ['hostgroup.findhosts', 'hostgroup.findhosts'],
  ['KsnInternal.ListTags.GetAllTags', 'KsnInternal.ListTags.GetAllTags'],
  ['__proto__', '__proto__'],
])('%s is answered 404, with its name and what there is', async (method, name) => {
  await using api = await openApi()
  const { status, json } = await api.call(method, {})
  expect(status).toBe(404)
  expect(json.PxgError.message).toContain(name)
  expect(json.PxgError.message).toContain('HostGroup')
})

test('other verbs and other paths are not calls', async () => {
  await using api = await openApi()
  const get = await api.app.inject({ method: 'GET', url: '/api/v1.0/login' })
  expect([get.statusCode, get.headers.allow]).toEqual([405, 'POST'])
  expect((await api.app.inject({ method: 'GET', url: '/' })).statusCode).toBe(404)
  expect((await api.post('/other', {})).status).toBe(404)
})

test('answers are compressed when asked for, and never otherwise', async () => {
  await using api = await openApi()
  for (let n = 1; n <= 40; n += 1) await api.device(n)
  const { strAccessor } = (await api.call('HostGroup.FindHosts', { vecFieldsToReturn: ['KLHST_WKS_DN'] })).json
  const chunk = (encoding?: string) =>
    api.call(
      'ChunkAccessor.GetItemsChunk',
      { strAccessor, nStart: 0, nCount: 100_000 },
      encoding === undefined ? {} : { 'accept-encoding': encoding },
    )
  const plain = await chunk()
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.json.PxgRetVal).toBe(40)
  for (const refused of ['identity', 'br', 'gzip;q=0', 'gzip; q=0.000'])
    expect((await chunk(refused)).headers['content-encoding'], refused).toBeUndefined()

  const gzipped = await chunk('gzip, deflate')
  expect(gzipped.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(gzipped.raw).toString()).toBe(plain.text)
  const deflated = await chunk('deflate')
  expect(deflated.headers['content-encoding']).toBe('deflate')
  expect(inflateSync(deflated.raw).toString()).toBe(plain.text)
})

test('a well-formed request id comes back, another does not', async () => {
  await using api = await openApi()
  const id = '0123456789abcdef_0123456789ABCDEF'
  const ping = async (id: string) => (await api.call('Session.Ping', {}, { 'x-ksc-requestid': id })).headers
  expect((await ping(id))['x-ksc-requestid']).toBe(id)
  expect((await ping('x'))['x-ksc-requestid']).toBeUndefined()
})

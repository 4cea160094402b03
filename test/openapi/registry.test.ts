import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { methods } from '../../services/klserver/openapi/methods/index.ts'
import { openApi } from './kit.ts'

test('openapi.json is valid OpenAPI 3.1, needs no login, and has every method', async () => {
  await using api = await openApi()
  const { statusCode, body } = await api.app.inject({ method: 'GET', url: '/api/v1.0/openapi.json' })
  expect(statusCode).toBe(200)
  const document = JSON.parse(body)
  const validator = new Validator()
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  expect(Object.keys(document.paths)).toEqual(['/login', ...[...methods.keys()].map(name => `/${name}`)])
  expect(document.paths['/ChunkAccessor.GetItemsChunk'].post).toMatchObject({
    'x-fidelity': 'documented',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['strAccessor'],
            properties: { strAccessor: { type: 'string' }, nStart: { type: 'integer', minimum: 0 } },
          },
        },
      },
    },
  })
  expect(document.paths['/HostGroup.UpdateHost'].post.description).toMatch(/^Assumed: /)
})

test('a method that is not there is answered with those of its class, or with the classes', async () => {
  await using api = await openApi()
  const message = async (name: string) => (await api.call(name, {})).json.PxgError.message
  expect(await message('ChunkAccessor.GetItems')).toMatch(
    /no ChunkAccessor.GetItems here.*ChunkAccessor.GetItemsCount, ChunkAccessor.GetItemsChunk, ChunkAccessor.Release; GET/,
  )
  expect(await message('Nothing.Here')).toMatch(/login and the classes Session, HostGroup,/)
})

test('openapi.json is for the addresses that may use the OpenAPI', async () => {
  await using api = await openApi({ from: ['192.0.2.1'] })
  const ask = async (remoteAddress: string) =>
    (await api.app.inject({ method: 'GET', url: '/api/v1.0/openapi.json', remoteAddress })).statusCode
  expect([await ask('192.0.2.1'), await ask('192.0.2.2')]).toEqual([200, 401])
})

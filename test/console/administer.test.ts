/** The Administration Console (arrow 6): what a Server sees of it, and which Server it believes. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { start } from '../../services/console/index.ts'
import type { Listener } from '../../shared/net/host.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { task } from '../klnagent/kit.ts'
import { type Ground, openGround } from '../klserver/alone.ts'
import { noted } from '../klserver/kit.ts'

const device = (n: number, displayName: string): Messages['devices']['devices'][number] => ({
  hostId: `11111111-2222-3333-4444-${String(n).padStart(12, '0')}`,
  name: `ws-${n}`,
  displayName,
  address: '127.0.0.1',
  version: '14.2',
  state: 'on',
  lastSeenAt: 1,
  groupId: 0,
})

let ground: Ground
let listener: Listener
let sessions: SessionServer<null>
/** What 13291 shows, lists, and has heard. */
let presented: string
let listed: Messages['devices']['devices']
let heard: { type: string }[]
let refusal: { code: string; message: string } | null

beforeEach(async () => {
  ground = await openGround()
  presented = 'common'
  listed = [device(1, 'Accounting'), device(2, 'Sales')]
  heard = []
  refusal = null
  sessions = new SessionServer<null>({
    roles: {
      console: {
        'list-devices': (_, message) => {
          heard.push(message)
          const { id, nonce } = message
          return refusal ? { type: 'error', id, nonce, ...refusal } : { type: 'devices', id, nonce, devices: listed }
        },
        'list-groups': (_, message) => {
          heard.push(message)
          const { id, nonce } = message
          return { type: 'groups', id, nonce, groups: [{ groupId: 0, name: 'Managed devices' }] }
        },
        'move-device': (_, message) => {
          heard.push(message)
          return { ...message, type: 'moved' }
        },
        'rename-device': (_, message) => {
          heard.push(message)
          return { ...message, type: 'renamed' }
        },
      },
    },
    async welcome(hello) {
      heard.push(hello)
      const { nonce } = hello
      return {
        welcome: { type: 'welcome', host: 'klserver', version: '14.2', nonce, keep: 'not-asked' },
        context: null,
      }
    },
    log: pino({ level: 'silent' }),
  })
  const tls = () => ground.state.credentials.identity(presented)
  listener = await ground.host('klserver').listen(13291, { tls }, sessions.accept)
})
afterEach(async () => {
  await sessions.stop()
  await listener.close()
  await ground[Symbol.asyncDispose]()
})

/** One exercise of arrow 6; gives the nonce it carries. */
async function administer(settings = {}): Promise<string> {
  const service = await start(ground.context('admin-pc', settings))
  const asked = task('6', 13291, { servername: 'klserver.lan.ksc-lab.test' })
  await service.exercises['6']?.(ground.host('admin-pc'), asked)
  await service.stop()
  return asked.nonce
}

describe('the console', () => {
  it('logs in, lists groups and devices, and gives the first the name and the group it has', async () => {
    const nonce = await administer({ kscVersion: '15.1' })
    expect(heard).toEqual([
      {
        type: 'hello',
        protocol: 1,
        role: 'console',
        host: 'admin-pc',
        version: '15.1',
        nonce,
        login: ground.state.credentials.administrator,
      },
      { type: 'list-groups', id: expect.any(Number), nonce },
      { type: 'list-devices', id: expect.any(Number), nonce },
      { type: 'rename-device', id: expect.any(Number), nonce, hostId: device(1, '').hostId, name: 'Accounting' },
      { type: 'move-device', id: expect.any(Number), nonce, hostId: device(1, '').hostId, groupId: 0 },
    ])
  })

  it('touches no device of another Server', async () => {
    listed = [{ ...device(1, 'Elsewhere'), server: 'klserver-2' }, device(2, 'Here')]
    await administer()
    expect(heard.filter(({ type }) => type === 'rename-device')).toMatchObject([{ hostId: device(2, '').hostId }])
  })

  it('renames nothing where there is nothing', async () => {
    listed = []
    await administer()
    expect(heard.map(({ type }) => type)).toEqual(['hello', 'list-groups', 'list-devices'])
  })

  it('ends its session in order', async () => {
    await administer()
    await expect.poll(() => sessions.size).toBe(0)
  })

  it('says in the words of the Server why a list is not given, and ends its session', async () => {
    refusal = { code: 'busy', message: 'the store is being mended' }
    await expect(administer()).rejects.toMatchObject({ code: 'busy', message: 'the store is being mended' })
    await expect.poll(() => sessions.size).toBe(0)
  })

  it('starts no other arrow and has no port', async () => {
    const service = await start(ground.context('admin-pc'))
    expect(Object.keys(service.exercises)).toEqual(['6'])
  })
})

describe('the certificate of the Server', () => {
  const pin = (use: string) =>
    new X509Certificate(ground.state.credentials.identity(use).cert).fingerprint256.replaceAll(':', '')

  it('may be the reserve one', async () => {
    presented = 'common-reserve'
    await administer()
    expect(heard.map(({ type }) => type)).toContain('rename-device')
  })

  it.each(['web-server', 'mobile', 'kaspersky'])('is refused where it is not the pinned one: %s', async other => {
    presented = other
    await expect(administer()).rejects.toMatchObject({
      code: 'CERTIFICATE',
      message: `Administration Server authentication error: the certificate seen has SHA-256 ${pin(other)}, the one held has ${pin('common')} or ${pin('common-reserve')}`,
    })
    expect(heard, 'nothing is said to a stranger, least of all the password').toEqual([])
    expect(noted(ground, 'certificate-refused')).toMatchObject([
      { host: 'admin-pc', port: 13291, detail: { code: 'pin', fingerprint: pin(other) } },
    ])
  })

  it('is the one of its start, whatever is shown later', async () => {
    const service = await start(ground.context('admin-pc'))
    const stranger = ground.state.credentials.identity('mobile')
    ground.state.present('common', stranger)
    const exercise = service.exercises['6']?.(ground.host('admin-pc'), task('6', 13291))
    await expect(exercise).rejects.toMatchObject({ code: 'CERTIFICATE' })
    ground.state.present('common', null)
    await service.exercises['6']?.(ground.host('admin-pc'), task('6', 13291))
  })
})

describe('another certificate', () => {
  const accept = { consoleNewCertificate: 'accept' } as const

  it('is taken where the answer is yes, and remembered: from then on it is the only one', async () => {
    presented = 'mobile'
    await expect(administer()).rejects.toMatchObject({ code: 'CERTIFICATE' })
    await administer(accept)
    heard = []
    await administer()
    expect(heard.length, 'without a question').toBeGreaterThan(0)
    presented = 'common'
    await expect(administer()).rejects.toMatchObject({ code: 'CERTIFICATE' })
    await administer(accept)
    await administer()
  })

  it('that was accepted is kept in a file, which is not taken where it is something else', async () => {
    presented = 'mobile'
    await administer(accept)
    const file = join(ground.context('admin-pc').state, 'servers.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ accepted: { klserver: expect.any(String) } })
    writeFileSync(file, '{"schema":"something/else@1"}')
    await expect(start(ground.context('admin-pc'))).rejects.toThrow(/servers.json.*schema/)
  })
})

describe('a Server that is not there', () => {
  it('is refused at once', async () => {
    await listener.close()
    await expect(administer()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

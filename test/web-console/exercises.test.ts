import fastify from 'fastify'
import { expect, test } from 'vitest'
import { start as startBrowser } from '../../services/browser/index.ts'
import { NONCE_HEADER } from '../../shared/http/nonce.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import type { ListenOptions } from '../../shared/net/host.ts'
import type { ExerciseTask, Service, ServiceContext } from '../../shared/service.ts'
import { credentials, startTestLab, type TestLab, task } from './lab.ts'

const browser = () => startBrowser({ credentials } as ServiceContext)

async function exercise(lab: TestLab, service: Service, name: string, wanted: ExerciseTask): Promise<void> {
  const run = service.exercises[wanted.flow]
  if (!run) throw new Error(`no exercise ${wanted.flow}`)
  await run(lab.host(name).during(wanted), wanted)
}

/** What each end journalled under the nonce of an exercise. */
const sights = (lab: TestLab, { nonce }: ExerciseTask, end: string): string[] =>
  lab.journal.entries().flatMap(seen => (seen.nonce === nonce && seen.end === end ? [seen.what] : []))

/** How many connections both ends have seen open and not closed. */
const left = (lab: TestLab): number => {
  const entries = lab.journal.entries()
  const count = (what: string) => entries.filter(seen => seen.what === what).length
  return count('secure') - count('closed')
}

/** Something else on a port of the lab. */
async function instead(lab: TestLab, name: string, port: number, tls: string, answer: [status: number, type: string]) {
  const app = fastify()
  app.all('*', async (_request, reply) => reply.code(answer[0]).type(answer[1]).header('server', 'nginx').send('{}'))
  const options: ListenOptions = { tls: credentials.identity(tls) }
  const listener = await serveHttp(lab.host(name), port, options, app)
  return {
    [Symbol.asyncDispose]: async () => {
      await listener.close()
      await app.close()
    },
  }
}

test('9: a session and a login on one connection, none on another, and both ends know the nonce', async () => {
  await using lab = await startTestLab()
  const wanted = task('9', 'klserver', 13299)
  await exercise(lab, lab.service, 'web-console', wanted)
  const session = ['Session.StartSession', 'HostGroup.GetStaticInfo', 'Session.EndSession']
  expect(lab.server.calls).toEqual([...session, 'login', 'Session.Ping', 'Session.Ping'])
  expect(sights(lab, wanted, 'initiator').filter(what => what === 'connected')).toHaveLength(2)
  expect(sights(lab, wanted, 'initiator')).toContain('reply-received')
  expect(sights(lab, wanted, 'responder')).toContain('request-received')
})

test.each([
  ['another certificate', 'stranger', [200, 'application/json'], 'CERTIFICATE'],
  ['a proxy that knows no backend', 'common', [502, 'text/html'], 'HTTP_502'],
  ['a refused login', 'common', [401, 'text/plain'], 'NOT_AUTHENTICATED'],
  ['an answer without a session', 'common', [200, 'application/json'], 'NOT_OPENAPI'],
] as const)('9: %s is a failure', async (_what, tls, answer, code) => {
  await using lab = await startTestLab({ present: null })
  await using _other = await instead(lab, 'klserver', 13299, tls, [...answer])
  await expect(exercise(lab, lab.service, 'web-console', task('9', 'klserver', 13299))).rejects.toMatchObject({ code })
})

test('9: a closed port is a failure', async () => {
  await using lab = await startTestLab({ present: null })
  const run = exercise(lab, lab.service, 'web-console', task('9', 'klserver', 13299))
  await expect(run).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('9a: the page and the WebSocket come, both ends know the nonce, and nothing stays open', async () => {
  await using lab = await startTestLab()
  const wanted = task('9a', 'web-console', 8080)
  await exercise(lab, await browser(), 'admin-pc', wanted)
  for (const what of ['request-sent', 'reply-received']) expect(sights(lab, wanted, 'initiator')).toContain(what)
  // The page's request, the upgrade, and the frame.
  expect(sights(lab, wanted, 'responder').filter(what => what === 'request-received')).toHaveLength(3)
  await expect.poll(() => left(lab)).toBe(0)
})

test('9a: fifty at once leave nothing open', async () => {
  await using lab = await startTestLab()
  const service = await browser()
  const all = Array.from({ length: 50 }, () => exercise(lab, service, 'admin-pc', task('9a', 'web-console', 8080)))
  await Promise.all(all)
  await expect.poll(() => left(lab)).toBe(0)
})

test.each([
  ['an upgrade that is answered as a page', [200, 'text/html'], 'UPGRADE_REFUSED'],
  ['a proxy that knows no backend', [502, 'text/html'], 'HTTP_502'],
  ['something that is no page', [200, 'application/json'], 'HTTP_200'],
] as const)('9a: %s is a failure', async (_what, answer, code) => {
  await using lab = await startTestLab()
  await lab.service.stop()
  await using _other = await instead(lab, 'web-console', 8080, 'web-console', [...answer])
  const run = exercise(lab, await browser(), 'admin-pc', task('9a', 'web-console', 8080))
  await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining('answered by "nginx"') })
  await expect.poll(() => left(lab)).toBe(0)
})

test('9a: a certificate for another name, and one of another authority, are refused', async () => {
  await using lab = await startTestLab()
  const service = await browser()
  const other = task('9a', 'web-console', 8080, { servername: 'other.lan.ksc-lab.test' })
  await expect(exercise(lab, service, 'admin-pc', other)).rejects.toMatchObject({ code: 'CERTIFICATE' })
  await lab.service.stop()
  await using _other = await instead(lab, 'web-console', 8080, 'stranger', [200, 'text/html'])
  const run = exercise(lab, service, 'admin-pc', task('9a', 'web-console', 8080))
  await expect(run).rejects.toMatchObject({ code: 'CERTIFICATE' })
})

test('9a: a WebSocket that opens and never answers is a time-out', async () => {
  await using lab = await startTestLab()
  await lab.service.stop()
  const app = fastify()
  app.get('/login', async (request, reply) =>
    reply.type('text/html').header(NONCE_HEADER, String(request.headers[NONCE_HEADER])).send(''),
  )
  app.server.on('upgrade', () => {})
  const listener = await serveHttp(lab.host('web-console'), 8080, { tls: credentials.identity('web-console') }, app)
  try {
    const wanted = task('9a', 'web-console', 8080, { timeout: 200 })
    await expect(exercise(lab, await browser(), 'admin-pc', wanted)).rejects.toMatchObject({ code: 'TIMEOUT' })
  } finally {
    await listener.close()
    await app.close()
  }
})

test('9 and 9a stop when they are told to', async () => {
  await using lab = await startTestLab({ instead: app => void app.all('*', () => new Promise(() => {})) })
  const stopped = new AbortController()
  const { signal } = stopped
  const nine = exercise(lab, lab.service, 'web-console', task('9', 'klserver', 13299, { signal }))
  const off = lab.journal.subscribe(({ what, host }) => {
    if (what === 'request-received' && host === 'klserver') stopped.abort()
  })
  await expect(nine).rejects.toThrow()
  off()
  await expect(
    exercise(lab, await browser(), 'admin-pc', task('9a', 'web-console', 8080, { signal })),
  ).rejects.toThrow()
})

/** TLS by the Host: what is presented, what is seen, what is refused. */
import { expect, test } from 'vitest'
import type { CertificateRule, ServerIdentity } from '../../shared/net/host.ts'
import { issuedByAuthority, pinned } from '../../shared/tls/rules.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { identityFor, network, read, seen, words } from './kit.ts'

const [first, second] = [await identityFor('server.test'), await identityFor('server.test')]
const at = { host: 'server', port: 13000 }
const pin = (identity: ServerIdentity): CertificateRule => pinned(() => [describePem(identity.cert).fingerprint])

test('both ends journal the handshake: ClientHello, certificate, protocol', async () => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first, alpn: ['http/1.1'] })
  const connection = await net.client.dial(at, {
    tls: { servername: 'server.test', alpn: ['h2', 'http/1.1'], rule: pin(first) },
  })
  const responder = await listener.next()
  responder.stream.write('welcome')
  expect(await read(connection.stream)).toBe('welcome')
  const certificate = describePem(first.cert)
  const secure = { what: 'secure', detail: { protocol: 'TLSv1.3', cipher: expect.any(String), alpn: 'http/1.1' } }
  const { random } = (await seen(net.journals.server, 'client-hello')).detail
  expect(random).toMatch(/^[0-9a-f]{32}$/)
  expect(net.journals.server.entries()).toMatchObject([
    { what: 'accepted' },
    { what: 'first-bytes', detail: { kind: 'tls', hex: expect.stringMatching(/^1603[0-9a-f]{28}$/) } },
    {
      what: 'client-hello',
      detail: {
        sni: 'server.test',
        alpn: ['h2', 'http/1.1'],
        ja4: expect.stringMatching(/^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/),
      },
    },
    { what: 'certificate-presented', detail: certificate },
    secure,
  ])
  expect(net.journals.client.entries()).toMatchObject([
    { what: 'connecting' },
    { what: 'connected' },
    { what: 'client-hello-sent', detail: { sni: 'server.test', alpn: ['h2', 'http/1.1'], random } },
    { what: 'certificate-seen', detail: certificate },
    secure,
  ])
  expect(connection.certificate).toMatchObject({ ...certificate, nameError: null })
  expect(responder.certificate).toBeNull()
  // The journal takes neither the DER nor Node's verdicts.
  expect(Object.keys((await seen(net.journals.client, 'certificate-seen')).detail)).toEqual(Object.keys(certificate))
})

test('a client without a name and without ALPN is journalled as such', async () => {
  await using net = network()
  await net.listen(13000, { tls: first })
  await net.client.dial(at, { tls: { rule: () => null } })
  expect((await seen(net.journals.server, 'client-hello')).detail).toMatchObject({
    sni: null,
    alpn: [],
    ja4: expect.stringMatching(/^t13i/),
  })
})

test('who resumes shows and sees the certificates of the session before, also to another rule; a new certificate ends that', async () => {
  await using net = network()
  let shown = first
  const listener = await net.listen(13000, { tls: () => shown, clientCertificate: true })
  const tls = { servername: 'server.test', identity: second, resume: true }
  const once = async (rule: CertificateRule, resume = true) => {
    const connection = await net.client.dial(at, { tls: { ...tls, rule, resume } })
    const responder = await listener.next()
    responder.stream.write('welcome')
    await read(connection.stream)
    connection.close()
    return [connection, responder].map(({ certificate }) => certificate?.fingerprint)
  }
  const resumed = ({ client, server }: typeof net.journals) =>
    [client, server].map(journal =>
      journal.entries().flatMap(entry => (entry.what === 'secure' ? [entry.detail.resumed ?? false] : [])),
    )
  const [of, our] = [first, second].map(({ cert }) => describePem(cert).fingerprint)
  for (const resume of [true, true, false, true]) expect(await once(pin(first), resume)).toEqual([of, our])
  expect(resumed(net.journals)).toEqual(Array(2).fill([false, true, false, true]))
  shown = second
  expect(await once(pin(second))).toEqual([our, our])
  expect(resumed(net.journals)).toEqual(Array(2).fill([false, true, false, true, false]))
  await expect(net.client.dial(at, { tls: { ...tls, rule: pin(first) } })).rejects.toMatchObject({
    code: 'CERTIFICATE',
  })
})

const refusals: [string, CertificateRule, string | undefined, string][] = [
  ['another pin', pin(second), undefined, 'pin'],
  ['nobody’s signature', issuedByAuthority, 'server.test', 'self-signed'],
]
test.each(refusals)('%s: the certificate is refused, journalled, and nothing is sent', async (_, rule, name, code) => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first })
  await expect(
    net.client.dial(at, { tls: { rule, ...(name === undefined ? {} : { servername: name }) } }),
  ).rejects.toMatchObject({ code: 'CERTIFICATE' })
  expect(words(net.journals.client)).toEqual([
    'connecting',
    'connected',
    'client-hello-sent',
    'certificate-seen',
    'certificate-refused',
  ])
  expect((await seen(net.journals.client, 'certificate-refused')).detail).toMatchObject({
    code,
    fingerprint: describePem(first.cert).fingerprint,
  })
  // Whether the handshake was over at the responder is a matter of microseconds; that it ends at once is not.
  const ends = [listener.next().then(({ stream }) => read(stream)), seen(net.journals.server, 'tls-failed')]
  const end = await Promise.race(ends)
  if (typeof end === 'string') expect(end).toBe('')
  else expect(end.detail.code).toBe('CLOSED')
})

test('an authority that is trusted, and a name that is not the one asked for', async () => {
  await using net = network()
  await net.listen(13000, { tls: first })
  const trust = { ca: [first.cert], rule: issuedByAuthority }
  await net.client.dial(at, { tls: { ...trust, servername: 'server.test' } })
  await expect(net.client.dial(at, { tls: { ...trust, servername: 'other.test' } })).rejects.toThrow('other.test')
  expect((await seen(net.journals.client, 'certificate-refused')).detail.code).toBe('name')
})

test('the identity is asked for at each handshake: the next connection sees a changed one', async () => {
  await using net = network()
  let current = first
  await net.listen(13000, { tls: () => current })
  const before = await net.client.dial(at, { tls: { rule: pin(first) } })
  current = second
  const after = await net.client.dial(at, { tls: { rule: pin(second) } })
  await expect(net.client.dial(at, { tls: { rule: pin(first) } })).rejects.toMatchObject({ code: 'CERTIFICATE' })
  expect(before.stream.writable && after.stream.writable).toBe(true)
  current = first
  await net.client.dial(at, { tls: { rule: pin(first) } })
  const presented = net.journals.server.entries().filter(({ what }) => what === 'certificate-presented')
  expect(presented.map(({ detail }) => detail)).toEqual(
    [first, second, second, first].map(({ cert }) => describePem(cert)),
  )
})

test('an identity that cannot be had ends that connection, and no other', async () => {
  await using net = network()
  let identity = () => first
  await net.listen(13000, { tls: () => identity() })
  identity = () => {
    throw new Error('the key is gone')
  }
  await expect(net.client.dial(at, { tls: { rule: pin(first) } })).rejects.toMatchObject({ name: 'NetError' })
  expect((await seen(net.journals.server, 'tls-failed')).detail.message).toBe('the key is gone')
  identity = () => ({ cert: second.cert, key: first.key })
  await expect(net.client.dial(at, { tls: { rule: pin(second) } })).rejects.toMatchObject({ name: 'NetError' })
  identity = () => second
  await net.client.dial(at, { tls: { rule: pin(second) } })
})

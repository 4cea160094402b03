import { expect, test } from 'vitest'
import { cookieOf, device, startTestLab } from './lab.ts'

test('the list shows every device, by name, with its state in words', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [
    device('agent-10', { KLHST_WKS_STATUS: 0x4, KLHST_WKS_LAST_NAGENT_CONNECTED: undefined }),
    device('agent-2', { KLHST_WKS_STATUS: 0x1 | 0x4, KLHST_WKS_STATUS_ID: 1 }),
    device('agent-1', { KLHST_WKS_COMMENT: 'Mobile device of alice' }),
  ]
  const cookie = await cookieOf(lab)
  const page = await lab.request({ path: '/', headers: { cookie } })
  expect(page.status).toBe(200)
  const rows = page.text.split('<tbody>')[1]?.split('</tbody>')[0]?.split('<tr>').slice(1) ?? []
  expect(rows.map(row => /data-field="name">([^<]*)</.exec(row)?.[1])).toEqual(['agent-1', 'agent-2', 'agent-10'])
  expect(rows[0]).toContain('data-state="on">On<')
  expect(rows[0]).toContain('192.0.2.101')
  expect(rows[0]).toContain('14.2.0.26967')
  expect(rows[0]).toContain('data-field="comment">Mobile device of alice<')
  expect(rows[1]).toContain('data-field="comment"><')
  expect(rows[0]).toContain('data-at="2030-01-31T08:05:00.000Z"')
  expect(rows[1]).toContain('data-state="silent">Visible, agent silent<')
  expect(rows[1]).toContain('>Critical<')
  expect(rows[2]).toContain('data-state="off">Off<')
  expect(rows[2]).toContain('>never<')
  expect(page.text).toContain('3 devices, 1 on')
})

test('/api/devices gives the same as JSON', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [device('agent-1', { KLHST_WKS_HOSTNAME: 'id-1' })]
  const cookie = await cookieOf(lab)
  const answer = await lab.request({ path: '/api/devices', headers: { cookie } })
  expect(JSON.parse(answer.text)).toEqual({
    devices: [
      {
        id: 'id-1',
        name: 'agent-1',
        state: 'on',
        health: 'ok',
        address: '192.0.2.101',
        agentVersion: '14.2.0.26967',
        comment: null,
        os: 'Debian GNU/Linux 12',
        lastConnected: '2030-01-31T08:05:00.000Z',
        lastVisible: null,
      },
    ],
  })
  expect(lab.server.calls).toContain('ChunkAccessor.Release')
})

test('more devices than one chunk holds all come', async () => {
  await using lab = await startTestLab()
  lab.server.devices = Array.from({ length: 2_001 }, (_, index) => device(`agent-${index}`))
  const cookie = await cookieOf(lab)
  const answer = await lab.request({ path: '/api/devices', headers: { cookie } })
  const { devices } = JSON.parse(answer.text) as { devices: { name: string }[] }
  expect(devices.map(({ name }) => name)).toEqual(Array.from({ length: 2_001 }, (_, index) => `agent-${index}`))
})

test('what a device calls itself is text, never markup', async () => {
  await using lab = await startTestLab()
  const name = `<script>alert('x')</script>&"`
  lab.server.devices = [
    device(name, { KLHST_WKS_OS_NAME: '<img src=x onerror=alert(1)>', KLHST_WKS_NAG_VERSION: '<b>' }),
  ]
  const cookie = await cookieOf(lab)
  const { text } = await lab.request({ path: '/', headers: { cookie } })
  expect(text).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;')
  for (const markup of ['<script>', '<img', '<b>']) expect(text).not.toContain(markup)
})

test('an empty lab says what to do', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  const { text } = await lab.request({ path: '/', headers: { cookie } })
  expect(text).toMatch(/id="empty"\s*>/)
  expect(text).toContain('ksc-lab verify TOPOLOGY --flow 4')
  expect(text).toMatch(/id="list" hidden/)
})

test('every page forbids whatever does not come from this server, and needs nothing else', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  for (const path of ['/', '/login', '/nowhere']) {
    const page = await lab.request({ path, headers: { cookie } })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).not.toContain('unsafe')
    expect(page.text).not.toMatch(/<style|style=|<script(?![^>]*src=)| on[a-z]+=|https?:\/\//)
    for (const [, asset] of page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      const { status } = await lab.request({ path: asset ?? '' })
      expect([asset, status]).toEqual([asset, 200])
    }
  }
})

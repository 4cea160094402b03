/** The Administration Console beside a real Server: what is left of its work. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { ask } from '../klcsweb/kit.ts'
import { agent, deviceOf } from '../klserver/kit.ts'

let lab: Lab
beforeAll(async () => {
  const others = loadTopology('lan').hosts.filter(({ name }) => name !== 'klserver' && name !== 'admin-pc')
  lab = await startLab('lan', { external: others.map(({ name }) => name) })
})
afterAll(() => lab.stop())

const exercise = async () => (await lab.verify({ flows: ['6'] })).results

/** The names by which the OpenAPI shows a device. */
async function shownInOpenApi(hostId: string) {
  const { user, password } = lab.state.credentials.administrator
  const [name, pass] = [user, password].map(text => Buffer.from(text).toString('base64'))
  const tls = { ca: lab.certificate('klserver', 'common'), servername: 'klserver.lan.ksc-lab.test' }
  const { json } = await ask({ ...lab.endpoint('klserver', 13299), tls }, '/api/v1.0/HostGroup.GetHostInfo', {
    method: 'POST',
    headers: {
      authorization: `KSCBasic user="${name}", pass="${pass}", internal="1"`,
      'content-type': 'application/json',
    },
    body: { strHostName: hostId, pFields2Return: ['KLHST_WKS_DN', 'KLHST_WKS_WINHOSTNAME'] },
  })
  return json().PxgRetVal
}

it('a device keeps the name that the console gave it, whatever it calls itself later', async () => {
  const agentId = randomUUID()
  using first = await agent(lab, 14000, { agentId, host: 'first-name' })
  expect(first.welcome.host).toBe('klserver')
  expect(await exercise()).toMatchObject([{ verdict: 'delivered', initiator: 'admin-pc' }])
  using _again = await agent(lab, 14000, { agentId, host: 'second-name' })
  const { hostId, displayName } = await deviceOf(lab, 'second-name')
  expect(displayName).toBe('first-name')
  expect(await shownInOpenApi(hostId)).toMatchObject({ KLHST_WKS_DN: 'first-name' })
})

it('a Server that shows another certificate is not administered', async () => {
  await lab.present('common', 'other-authority')
  const [refused] = await exercise()
  expect(refused).toMatchObject({ verdict: 'certificate-rejected' })
  expect(refused?.explanation).toContain('Administration Server authentication error')
  await lab.present('common', null)
  expect(await exercise()).toMatchObject([{ verdict: 'delivered' }])
})

it('a person who accepts another certificate is asked once: it is remembered', async () => {
  const others = loadTopology('lan').hosts.filter(({ name }) => name !== 'klserver' && name !== 'admin-pc')
  await using accepting = await startLab('lan', {
    external: others.map(({ name }) => name),
    settings: { consoleNewCertificate: 'accept' },
  })
  const verdict = async () => (await accepting.verify({ flows: ['6'] })).results.map(result => result.verdict)
  await accepting.present('common', 'other-authority')
  expect(await verdict()).toEqual(['delivered'])
  await accepting.stopHost('admin-pc')
  await accepting.startHost('admin-pc')
  expect(await verdict()).toEqual(['delivered'])
})

/** `ksc-lab rules --mutate` in containers: what it foretells is what happens, and where it is not it says so. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Mutated } from '../../lab/rules/mutate.ts'
import { leftOut } from '../requires.ts'
import { docker, Project } from './kit.ts'

const TOPOLOGY = 'gateway'
const missing = leftOut('docker compose', 'docker', ['info'])
const project = new Project({ COMPOSE_PROFILES: TOPOLOGY, KSC_LAB_WEB_CONSOLE_PORT: '18083' })
/** What the Server asks the Kaspersky servers, for itself and for its devices. */
const OUTSIDE = [
  ...['5@agent-1>klserver:17000', '5@agent-2>klserver:17000', '8@klserver>kaspersky:443'],
  '15a@office-phone>klserver:17100',
  ...['x-ksn-tcp@agent-1>klserver:13111', 'x-ksn-tcp@agent-2>klserver:13111'],
  ...['x-ksn-udp@agent-1>klserver:15111', 'x-ksn-udp@agent-2>klserver:15111'],
]
const mutate = (...more: string[]) => project.compose(['run', '--rm', '-T', 'rules', '--mutate', ...more])

async function nft(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await project.compose(['exec', '-T', 'firewall', 'nft', ...args])
  if (code !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr}`)
  return stdout
}
const rules = () => nft('-s', 'list', 'table', 'inet', 'ksc_lab')

describe.skipIf(missing !== null)(`the firewall of ${TOPOLOGY}`, () => {
  beforeAll(async () => {
    await project.up({}, '--build')
  }, 600_000)
  afterAll(() => project.down(), 60_000)
  // Whatever the test before did to the rules.
  beforeEach(async () => {
    const load = `node /app/bin/ksc-lab.js rules --topology ${TOPOLOGY} | nft -f -`
    const { code, stderr } = await project.compose(['exec', '-T', 'firewall', 'sh', '-c', load])
    expect({ code, stderr }).toMatchObject({ code: 0 })
  })

  it('lets every rule carry exactly the rows that depend on it', { timeout: 180_000 }, async () => {
    const before = await rules()
    const { code, stdout, stderr } = await mutate()
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toBe(`gateway: verify without each rule of the firewall, one at a time

    rule                            predicted  red
ok  klserver>gateway:13000/tcp              8    8
ok  roamer-1>gateway:13000/tcp              1    1
ok  roamer-2>gateway:13000/tcp              1    1
ok  klserver>kaspersky:443/tcp              8    8
ok  klserver>google:443/tcp                 1    1
ok  office-phone>google:5228/tcp            1    1
ok  gateway>apple:443/tcp                   1    1
ok  gateway>apple:2197/tcp                  1    1
ok  android-1>gateway:13292/tcp             1    1
ok  android-1>gateway:13293/tcp             1    1
ok  office-phone>kaspersky:443/tcp          1    1
ok  ios-1>gateway:443/tcp                   1    1

${/^12 rules, all exactly as predicted, in \d+ s; all rules are back$/m.exec(stdout)?.[0]}
`)
    expect(await rules()).toBe(before)
  })

  it('tells of a rule that another one makes needless, which one that is, and of one that is not there', {
    timeout: 180_000,
  }, async () => {
    const twice = 'ip saddr 192.0.2.10 ip daddr 203.0.113.10 tcp dport 443 accept comment "twice"'
    await nft('insert', 'rule', 'inet', 'ksc_lab', 'forward', ...twice.split(' '))
    const before = await rules()
    const { code, stdout } = await mutate('--json')
    expect(code).toBe(1)
    const [signal, first, second, internet, ...mobile] = JSON.parse(stdout) as Mutated[]
    for (const row of [signal, first, second, ...mobile]) expect(row).toMatchObject({ asPredicted: true, problems: [] })
    expect(internet).toMatchObject({
      rows: OUTSIDE,
      red: [],
      asPredicted: false,
      problems: OUTSIDE.map(id =>
        expect.stringMatching(
          new RegExp(
            `^${id} was foretold and did not turn red${id.startsWith('8@') ? `: the rule \`${twice}\` of chain forward in table inet ksc_lab lets it pass` : ''}`,
          ),
        ),
      ),
    })
    expect(await rules()).toBe(before)
  })

  it('puts the rule back that is out when it is interrupted', { timeout: 120_000 }, async () => {
    const before = await rules()
    const name = 'ksc-lab-mutation-interrupted'
    const running = project.compose(['run', '--rm', '-T', '--name', name, 'rules', '--mutate'])
    const tooEarly = running.then(({ stderr }) => expect.fail(`it ended before a rule was out: ${stderr}`))
    await Promise.race([tooEarly, expect.poll(rules, { timeout: 60_000, interval: 100 }).not.toBe(before)])
    await docker(['kill', '-s', 'INT', name])
    const { code, stderr } = await running
    expect(code).toBe(1)
    expect(stderr).toContain('ksc-lab: interrupted; all rules are back')
    expect(await rules()).toBe(before)
  })

  it('takes nothing out of a lab that is not as expected to begin with', { timeout: 120_000 }, async () => {
    await nft(
      'insert',
      'rule',
      'inet',
      'ksc_lab',
      'forward',
      ...'ip saddr 192.0.2.10 ip daddr 203.0.113.10 drop'.split(' '),
    )
    const { code, stdout, stderr } = await mutate()
    expect(code).toBe(1)
    expect(stdout).not.toContain('ok ')
    expect(stderr).toContain(
      `ksc-lab: with all rules in place these rows are not delivered: ${OUTSIDE.map(id => `${id} filtered`).join(', ')}; see what verify says of them`,
    )
  })
})

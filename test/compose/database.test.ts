/** The store in a MariaDB of its own container; the override for PostgreSQL differs in the image. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leftOut } from '../requires.ts'
import { docker, Project, unexpected } from './kit.ts'

const missing =
  leftOut('docker compose', 'docker', ['info']) ??
  leftOut('MariaDB in a container', 'docker', ['image', 'inspect', 'mariadb:lts'])
const COMPOSE_FILE = 'compose.yaml:containers/mariadb.yaml'
const project = new Project({ COMPOSE_FILE, COMPOSE_PROFILES: 'lan', KSC_LAB_WEB_CONSOLE_PORT: '18086' })

describe.skipIf(missing !== null)('the lab with MariaDB', () => {
  beforeAll(async () => {
    await project.up({}, '--build')
  }, 600_000)
  afterAll(() => project.down(), 60_000)

  it('exercises arrow 1, and keeps devices and events there', { timeout: 120_000 }, async () => {
    const { code, report } = await project.verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(report.results.find(({ flow }) => flow === '1')).toMatchObject({
      verdict: 'delivered',
      address: '192.0.2.40',
      port: 3306,
    })
    const statement = 'select count(*) from ksc.devices'
    const asked = [
      'exec',
      '-T',
      'mariadb',
      'mariadb',
      '-h127.0.0.1',
      '-uklserver',
      '-pchange-me',
      '-N',
      '-e',
      statement,
    ]
    expect((await project.compose(asked)).stdout.trim()).toBe('2')
  })
})

it.skipIf(leftOut('docker compose', 'docker', ['compose', 'version']) !== null)(
  'the override for PostgreSQL is one that compose takes',
  async () => {
    const files = ['-f', 'compose.yaml', '-f', 'containers/postgres.yaml']
    const { code, stdout, stderr } = await docker(['compose', ...files, 'config'], { COMPOSE_PROFILES: 'lan' })
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toContain('KSC_LAB_DATABASE: postgres://klserver:change-me@192.0.2.41/ksc')
  },
)

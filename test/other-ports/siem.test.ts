/** Event export: what a SIEM gets, by which port, and what becomes of it while the SIEM is away. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { stranger } from '../gateway/identities.ts'
import { journalled } from '../klserver/kit.ts'

interface Collected {
  service: string
  msg: string
  kind: string
  host: string
  severity: number
  data: Record<string, string>
}

describe('the SIEM', () => {
  const lines: Collected[] = []
  let lab: Lab
  beforeAll(async () => {
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as Collected)
        done()
      },
    })
    lab = await startLab('other-ports', { seed: 1, log: pino({ level: 'info' }, sink) })
  })
  afterAll(() => lab.stop())

  const collected = () => lines.filter(({ service, msg }) => service === 'siem' && msg === 'collected')
  const starts = (host: string) => collected().filter(one => one.kind === 'KLNAG_EV_STARTED' && one.host === host)

  it('has the event of every device as soon as the Server has it, with its severity and whose it is', async () => {
    await expect.poll(() => starts('agent-1').length).toBe(1)
    expect(starts('agent-1')[0]).toMatchObject({ severity: 6, data: { device: 'agent-1', event: expect.any(String) } })
  })

  const pending = () => {
    const file = join(lab.state.folder(join('hosts', 'other-ports', 'agent-2', 'klnagent')), 'agent.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { outbox: unknown[] }).outbox
  }

  it('gets what came while it was away once it is back, each once', async () => {
    const before = starts('agent-2').length
    await lab.stopHost('siem')
    for (const _life of [1, 2]) {
      await lab.stopHost('agent-2')
      await lab.startHost('agent-2')
      // Its start has been told to the Server, which has stored it.
      await expect.poll(pending).toEqual([])
    }
    await lab.startHost('siem')
    await expect.poll(() => starts('agent-2').length, { timeout: 15_000 }).toBe(before + 2)
    const ids = collected().map(({ data }) => data.event)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('takes no other certificate for that of the SIEM', async () => {
    const identity = await stranger('siem.lan.ksc-lab.test')
    await using box = await startMiddlebox('tls-intercepted', lab.endpoint('siem', 6514), {
      transport: 'tcp',
      identity,
    })
    const route = { 'siem:6514': { host: box.at.address, port: box.at.port } }
    const { results } = await lab.verify({ flows: ['x-siem'], route })
    expect(results.map(({ port, verdict }) => [port, verdict])).toEqual([
      [514, 'delivered'],
      [6514, 'tls-intercepted'],
    ])
  })

  it('ends a connection on which no syslog comes, writes down why, and takes the next', async () => {
    await using box = await startMiddlebox('delivered', lab.endpoint('siem', 514), { transport: 'tcp' })
    const answer = await fetch(`http://${box.at.address}:${box.at.port}/`).catch((error: Error) => error)
    expect(answer).toBeInstanceOf(Error)
    const refused = await journalled(lab, ({ host, what }) => host === 'siem' && what === 'message-refused')
    expect(refused).toMatchObject({ detail: { code: 'not-syslog', message: expect.stringContaining('a length') } })
    const { results } = await lab.verify({ flows: ['x-siem'] })
    expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
  })
})

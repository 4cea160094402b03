import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of one test's own. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'ksc-lab-store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export const AGENT = '11111111-2222-3333-4444-555555555555'

export const arrival = (over: Partial<{ agentId: string; name: string; address: string; at: number }> = {}) => ({
  agentId: AGENT,
  name: 'ws-1',
  address: '127.10.0.21',
  version: '15.1.0',
  os: 'Windows 11',
  at: 1_000,
  ...over,
})

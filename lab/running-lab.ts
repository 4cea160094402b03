/** How a second terminal finds the lab that `up` runs: a note in the state folder. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint } from '../shared/journal/observation.ts'

export interface RunningLab {
  pid: number
  topology: string
  kscVersion: string
  seed: number
  /** Hosts in whose places the user's own stand. */
  external: readonly string[]
  management: Endpoint
}

const noteIn = (stateFolder: string) => join(stateFolder, 'running.json')

export const announce = (stateFolder: string, lab: RunningLab): void =>
  writeFileSync(noteIn(stateFolder), JSON.stringify(lab), { mode: 0o600 })

export const withdraw = (stateFolder: string): void => rmSync(noteIn(stateFolder), { force: true })

/** The lab that runs on this state folder, or null; a note of a process that is gone counts as none. */
export function findRunningLab(stateFolder: string): RunningLab | null {
  try {
    const lab = JSON.parse(readFileSync(noteIn(stateFolder), 'utf8')) as RunningLab
    process.kill(lab.pid, 0)
    return lab
  } catch {
    return null
  }
}

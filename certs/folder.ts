import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StateError } from './state-error.ts'

const MARKER = 'ksc-lab.json'
const SCHEMA = 'ksc-lab/state@1'
/** Making everything takes about 0.2 s with EC and 2 s with RSA keys. */
const LOCK_PATIENCE = 20_000

/** Makes the folder ours (0700), or says why it cannot be. */
export function claim(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const marker = join(dir, MARKER)
    if (existsSync(marker)) {
      chmodSync(dir, 0o700)
      return
    }
    // Another process may be making it ours just now: its marker, or the beginning of one, counts as no stranger's.
    const names = readdirSync(dir)
    if (!names.includes(MARKER) && names.some(name => name !== 'lock' && !name.startsWith(`${MARKER}.`)))
      throw new StateError(
        `${dir} is not a state folder of ksc-lab and is not empty`,
        'give --state a new folder, or one that ksc-lab has made',
      )
    chmodSync(dir, 0o700)
    writeAtomically(marker, `${JSON.stringify({ schema: SCHEMA })}\n`)
  } catch (error) {
    if (error instanceof StateError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new StateError(
      `the state folder ${dir} cannot be used (${code})`,
      'give --state a folder that can be made and written here',
    )
  }
}

/** One process at a time makes certificates; the next one finds them made. A lock whose process is gone is taken over. */
export async function locked<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dir, 'lock')
  const until = Date.now() + LOCK_PATIENCE
  while (!take(lock)) {
    if (Date.now() > until)
      throw new StateError(
        `the state folder ${dir} is locked by process ${holder(lock) ?? 'unknown'}`,
        `wait for it, or remove ${lock} when that process is no ksc-lab`,
      )
    await sleep(20)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock, { mode: 0o700 })
    writeFileSync(join(lock, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new StateError(
        `${lock} cannot be made (${(error as NodeJS.ErrnoException).code})`,
        'give --state a folder that can be written',
      )
    if (abandoned(lock)) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

const holder = (lock: string): number | null => {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8')) || null
  } catch {
    return null
  }
}

/** Its process is gone, or it never wrote its name. Containers do not see each other's processes, so there age decides. */
function abandoned(lock: string): boolean {
  const pid = holder(lock)
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_PATIENCE / 2) return true
    if (pid === null || pid === process.pid) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' && !insideContainer()
  }
}

const insideContainer = () => existsSync('/.dockerenv') || existsSync('/run/.containerenv')

/** Written beside and renamed: a crash leaves the old file or the new one, never half of one. */
export function writeAtomically(file: string, text: string): void {
  // Not by the process's number: in containers that share the folder everybody is process 1.
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`
  try {
    writeFileSync(fresh, text, { mode: 0o600 })
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw new StateError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'move away what is there, or give --state a folder that can be written',
    )
  }
}

/** Secrets are the owner's alone; says so where they were not. */
export function tighten(file: string): string | null {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return null
  chmodSync(file, 0o600)
  return `${file} could be read by others; it is now readable by its owner alone`
}

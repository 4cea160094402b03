import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Written beside, flushed and renamed: after a crash the old file is there or the new one, never half of one. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const fresh = `${file}.${process.pid}.new`
  const bytes = Buffer.from(content)
  try {
    const handle = openSync(fresh, 'w', 0o600)
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}

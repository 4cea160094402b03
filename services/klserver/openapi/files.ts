/** Results that are fetched with GET: a path, with `Range: bytes=N-` as clients send it. */
import { createHash, randomBytes } from 'node:crypto'
import type { SentFile } from '../../../shared/http/send-file.ts'
import { IdleMap } from './idle-map.ts'

/** Where they are (assumed: clients take the path as it is told). */
export const FILES = '/files/'
/** ms from the last use, and bytes in all; assumed. */
const LIFETIME = 600_000
const CAPACITY = 67_108_864

interface File extends SentFile {
  user: string
}

export class Files {
  readonly #files: IdleMap<File>

  constructor(now: () => number) {
    this.#files = new IdleMap(CAPACITY, now)
  }

  /** @param extension with its point @returns its path */
  keep(user: string, content: Buffer, extension: string): string {
    const name = `${randomBytes(16).toString('hex')}${extension}`
    const sha256 = createHash('sha256').update(content).digest('hex')
    this.#files.set(name, { user, content, sha256 }, LIFETIME, content.length)
    return `${FILES}${name}`
  }

  of(user: string, name: string): SentFile | undefined {
    const file = this.#files.get(name)
    return file?.user === user ? file : undefined
  }
}

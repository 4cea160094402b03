import { createHash } from 'node:crypto'

export interface UpdateFile {
  path: string
  bytes: number
  sha256: string
  content: Buffer
}

/** Stand-ins of the size of a small index and of a database increment. */
const SIZES = { 'bases.idx': 2_048, 'bases-increment.bin': 262_144 }

export const updateFiles = (): UpdateFile[] =>
  Object.entries(SIZES).map(([name, size]) => {
    const content = Buffer.alloc(size, createHash('sha256').update(name).digest())
    return {
      path: `/updates/${name}`,
      bytes: size,
      sha256: createHash('sha256').update(content).digest('hex'),
      content,
    }
  })

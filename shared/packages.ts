/** The package of the lab: what the Web Server publishes and a distribution point hands on is byte for byte the same. */
import { createCipheriv, createHash } from 'node:crypto'

export interface LabPackage {
  name: string
  bytes: number
  sha256: string
  content: Buffer
}

/** 8 MiB: long enough to be cut by what cuts long transfers, short enough for a quick exercise. */
const SIZE = 8 * 1024 * 1024

/** Bytes that no box on the way can compress or guess, and the same at every start. */
function contentOf(name: string): Buffer {
  const key = createHash('sha256').update(name).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(SIZE))
}

function make(name: string): LabPackage {
  const content = contentOf(name)
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), content }
}

let made: readonly LabPackage[] | null = null

/** Made once in a process, however many hosts of it have them. */
export const labPackages = (): readonly LabPackage[] => (made ??= [make('network-agent-stand-in.bin')])

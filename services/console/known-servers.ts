import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type { CertificateRule } from '../../shared/net/host.ts'
import { pinned } from '../../shared/tls/rules.ts'
import { explain } from '../../shared/wire/explain.ts'

const Kept = v.object({
  schema: v.literal('ksc-lab/console@1'),
  /** By Server: SHA-256 of the certificate that was accepted. */
  accepted: v.record(v.string(), v.string()),
})

export interface Question {
  server: string
  /** SHA-256 of the certificate that the Server shows now. */
  fingerprint: string
}

interface KnownServersParts {
  /** Folder of this console. */
  folder: string
  /** SHA-256 of the certificates that a Server is known by before anything was accepted. */
  given: (server: string) => string[]
  /** Somebody in front of the console, who answers whether the new certificate is accepted. */
  ask: (question: Question) => boolean
}

/** Which certificate belongs to which Server. At another one the console asks, and remembers what was accepted (topic 3321). */
export class KnownServers {
  readonly #parts: KnownServersParts
  readonly #file: string
  readonly #accepted: Map<string, string>

  /** @throws Error where the file is no such file */
  constructor(parts: KnownServersParts) {
    this.#parts = parts
    this.#file = join(parts.folder, 'servers.json')
    this.#accepted = new Map(existsSync(this.#file) ? Object.entries(read(this.#file)) : [])
  }

  rule(server: string): CertificateRule {
    const held = () => {
      const accepted = this.#accepted.get(server)
      return accepted === undefined ? this.#parts.given(server) : [accepted]
    }
    const compare = pinned(held)
    return seen => {
      const refusal = compare(seen)
      const { fingerprint } = seen
      if (refusal === null || !this.#parts.ask({ server, fingerprint })) return refusal
      this.#accept(server, fingerprint)
      return null
    }
  }

  #accept(server: string, fingerprint: string): void {
    this.#accepted.set(server, fingerprint)
    const fresh = `${this.#file}.new`
    const kept = { schema: 'ksc-lab/console@1', accepted: Object.fromEntries(this.#accepted) }
    writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600 })
    renameSync(fresh, this.#file)
  }
}

function read(file: string): Record<string, string> {
  const { success, output, issues } = v.safeParse(Kept, JSON.parse(readFileSync(file, 'utf8')), { abortEarly: true })
  if (success) return output.accepted
  throw new Error(`${file}: ${explain('console', issues)}`)
}

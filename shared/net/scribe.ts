import { now } from '../journal/clock.ts'
import type { Journal } from '../journal/journal.ts'
import type { End, Observation, Sight } from '../journal/observation.ts'
import type { Transport } from './host.ts'

/** Writes the observations of one connection at one end. The first nonce it is told of names its exercise from then on. */
export interface Scribe {
  readonly id: string
  observe(sight: Sight): void
}

export interface ScribeOptions {
  journal: Journal
  host: string
  end: End
  port: number | null
  transport: Transport
  nonce?: string | undefined
}

const counters = new Map<string, number>()

/** Names are unique in a process, so that the journals of several labs can be read side by side. */
function nextId(host: string): string {
  const next = (counters.get(host) ?? 0) + 1
  counters.set(host, next)
  return `${host}#${next}`
}

export function createScribe({ journal, host, end, port, transport, nonce }: ScribeOptions): Scribe {
  const connection = nextId(host)
  let known = nonce
  return {
    id: connection,
    observe(sight) {
      if ('nonce' in sight.detail) known ??= sight.detail.nonce
      const { what, detail } = sight
      // Written out: an object that is spread together takes twice the memory, and the journal keeps a hundred thousand.
      const seen =
        known === undefined
          ? { t: now(), host, end, connection, port, transport, what, detail }
          : { t: now(), host, end, connection, port, transport, nonce: known, what, detail }
      journal.write(seen as Observation)
    },
  }
}

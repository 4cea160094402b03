import type { Kind } from './ends.ts'

/** One of those that are compared. */
export interface Rival {
  name: string
  /** null: nobody stands between. */
  pid: number | null
  /** Where one dials to reach an end of a kind, from now on. */
  towards(kind: Kind): Promise<number>
  stop(): Promise<void>
}

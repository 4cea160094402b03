import type { Rulings } from '../../shared/verdict/ruling.ts'
import { asking, posting } from '../management.ts'
import type { Attempt } from './attempt.ts'

/** The lab's firewall, asked from elsewhere. */
export interface Firewall {
  /** What became of each attempt while `exercise` made it. */
  trace(attempts: readonly Attempt[], exercise: () => Promise<unknown>): Promise<Rulings[]>
  /** Takes out the one rule that says this. */
  cut(match: string): Promise<{ rule: string; putBack(): Promise<void> }>
}

/** ms; a firewall of the user's own answers nothing there. */
const PATIENCE = 2_000

/** Null where none answers: the user's own stands there, or its rules let nobody ask. */
export async function findFirewall(base: string, token: string): Promise<Firewall | null> {
  const answer = await fetch(`${base}/health`, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => null)
  if (!answer) return null
  const ask = asking(token)
  return {
    async trace(attempts, exercise) {
      const { id } = (await (await ask(`${base}/traces`, posting({ attempts }))).json()) as { id: string }
      await exercise()
      return (await (await ask(`${base}/traces/${id}`, { method: 'DELETE' })).json()) as Rulings[]
    },
    async cut(match) {
      const { id, rule } = (await (await ask(`${base}/cuts`, posting({ match }))).json()) as {
        id: string
        rule: string
      }
      return {
        rule,
        async putBack() {
          await ask(`${base}/cuts/${id}`, { method: 'DELETE' })
        },
      }
    },
  }
}

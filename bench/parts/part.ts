/** A table of the report. */
export type Part = (run: Run) => Promise<string[]>

export interface Run {
  /** State folder with the certificates. */
  state: string
  rounds: number
  /** ms of one figure in one round */
  ms: number
}

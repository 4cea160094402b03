export type Part = (run: Run) => Promise<Report>

export interface Report {
  /** Lines of a table. */
  table: string[]
  /** Lines of the table of targets. */
  targets: string[]
}

export interface Run {
  /** State folder with the certificates. */
  state: string
  rounds: number
  /** ms of one figure in one round */
  ms: number
}

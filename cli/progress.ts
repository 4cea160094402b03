import type { Result } from '../lab/report.ts'

export interface Progress {
  result(result: Result, done: number, total: number): void
  /** Nothing more is told for so long: that is said everywhere. */
  idle(connections: number, ms: number): void
  clear(): void
}

/** Tells how far `verify` is: one line that is rewritten on a terminal, and nothing where nobody watches. */
export function progress(stream: NodeJS.WriteStream): Progress {
  const watched = stream.isTTY
  const clear = () => void (watched && stream.write('\r\u001b[2K'))
  return {
    clear,
    result({ id, verdict }, done, total) {
      if (!watched) return
      clear()
      stream.write(`${done}/${total}  ${id}  ${verdict}`.slice(0, (stream.columns ?? 80) - 1))
    },
    idle(connections, ms) {
      clear()
      stream.write(`${holding(connections, ms)}\n`)
    },
  }
}

function holding(connections: number, ms: number): string {
  if (connections === 0) return 'no long-lived connection came about, so none is held'
  const until = new Date(Date.now() + ms).toTimeString().slice(0, 8)
  return `holding ${connections} connection${connections === 1 ? '' : 's'} without a byte for ${ms / 1_000} s, until ${until}`
}

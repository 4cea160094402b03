import type { Result } from '../lab/report.ts'

/** Tells how far `verify` is: one line that is rewritten on a terminal, and nothing where nobody watches. */
export function progress(stream: NodeJS.WriteStream): {
  result(result: Result, done: number, total: number): void
  clear(): void
} {
  if (!stream.isTTY) return { result: () => {}, clear: () => {} }
  const clear = () => stream.write('\r\u001b[2K')
  return {
    clear,
    result({ id, verdict }, done, total) {
      clear()
      stream.write(`${done}/${total}  ${id}  ${verdict}`.slice(0, (stream.columns ?? 80) - 1))
    },
  }
}

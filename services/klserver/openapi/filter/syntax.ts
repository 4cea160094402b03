/**
 * Search filters (vendor reference, "Search filter syntax").
 *
 *     filter := "(" ( "&" filter+ | "|" filter+ | "!" filter | simple ) ")"
 *     simple := attribute [ "&" mask ] op value
 *
 * Blanks and line breaks may stand between the parts. Clients send a lone `simple` without parentheses too.
 */
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Comparison

export interface Comparison {
  attribute: string
  /** Bits to look at. */
  mask?: number
  operator: Operator
  value: Literal
}

export type Operator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Literal =
  | { number: number }
  /** With `=` and `<>`: `*`, `?`, `[a-f]` and `[^a-f]` are wildcards. */
  | { text: string }
  | { boolean: boolean }
  /** ms since 1970, whole seconds */
  | { time: number }
  /** Seconds from now. */
  | { fromNow: number }
  /** Lower-case hexadecimal digits, an even number. */
  | { binary: string }

/** `position` counts characters from 0. */
export class FilterError extends Error {
  override name = 'FilterError'
  readonly position: number
  constructor(position: number, expected: string, found: string) {
    super(`at character ${position}: ${expected} is expected, not ${found}`)
    this.position = position
  }
}

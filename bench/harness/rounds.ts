import { median } from './statistics.ts'

/** Figures of one round by name: `GB/s`. */
export type Figures = Record<string, number>

/** Of one rival, a figure for every round. */
export type Measured = Map<string, Figures[]>

/**
 * Lets all rivals do the same in turn, again and again, so that what else the machine does hits each of them. Every other
 * round goes backwards.
 */
export async function inTurn<R extends { name: string }>(
  rivals: readonly R[],
  rounds: number,
  run: (rival: R) => Promise<Figures>,
): Promise<Measured> {
  const measured: Measured = new Map(rivals.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const rival of round % 2 ? rivals.toReversed() : rivals) measured.get(rival.name)?.push(await run(rival))
  return measured
}

export const figuresOf = (measured: Measured, name: string, figure: string): number[] =>
  (measured.get(name) ?? []).map(round => round[figure] ?? Number.NaN)

export const typical = (measured: Measured, name: string, figure: string): number =>
  median(figuresOf(measured, name, figure))

/** Of single rounds, in which both met the same weather. */
export function ratios(measured: Measured, of: string, to: string, figure: string): number[] {
  const theirs = figuresOf(measured, to, figure)
  return figuresOf(measured, of, figure).map((value, at) => value / (theirs[at] ?? Number.NaN))
}

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

export const typical = (measured: Measured, name: string, figure: string): number =>
  median((measured.get(name) ?? []).map(round => round[figure] ?? Number.NaN))

/** Median of the ratios of single rounds, in which both met the same weather. */
export function ratio(measured: Measured, of: string, to: string, figure: string): number {
  const theirs = measured.get(to) ?? []
  return median(
    (measured.get(of) ?? []).map((round, at) => (round[figure] ?? Number.NaN) / (theirs[at]?.[figure] ?? Number.NaN)),
  )
}

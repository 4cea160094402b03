/** Failed attempts wait 1 s, 2 s, 4 s ... at most `longest` ms, each with half of it as jitter (assumed: the documentation names none). */
export const backOff = (failures: number, longest: number, random: () => number): number => {
  const full = Math.min(1_000 * 2 ** (failures - 1), longest)
  return full / 2 + (full / 2) * random()
}

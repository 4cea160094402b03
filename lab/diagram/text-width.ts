/** Nobody measures text before a browser shows it: widths of the widest of the usual system fonts (DejaVu Sans), in em. */
const widths: readonly [RegExp, number][] = [
  [/[ijlIt.,:;'|()/·\s-]/, 0.4],
  [/[mwMW…]/, 0.95],
  [/[A-Z]/, 0.71],
]

export const textWidth = (text: string, size: number): number =>
  size * [...text].reduce((sum, char) => sum + (widths.find(([chars]) => chars.test(char))?.[1] ?? 0.62), 0)

/** `*` any characters, `?` one, `[a-f]` one of, `[^a-f]` none of; anything else stands for itself. Case does not matter (assumed). */
type Token = '*' | ((character: string) => boolean)

/** A set has at most 64 characters, so that a row of brackets is read in linear time. */
const TOKEN = /\*|\?|\[(\^?)([^\]]{1,64})\]|./gsu

/** @returns whether a text is what the pattern describes, as a whole. */
export function wildcard(pattern: string): (text: string) => boolean {
  const wanted = pattern.toLowerCase()
  if (!/[*?[]/.test(wanted)) return text => text.toLowerCase() === wanted
  const tokens = [...wanted.matchAll(TOKEN)].map(readToken)
  return text => matches([...text.toLowerCase()], tokens)
}

function readToken([token, not, set]: RegExpExecArray): Token {
  if (token === '*') return '*'
  if (token === '?') return () => true
  if (set === undefined) return character => character === token
  const inSet = oneOf([...set])
  return character => inSet(character) === (not === '')
}

/** Members of `[...]`: single characters and ranges. */
function oneOf(set: string[]): (character: string) => boolean {
  const ranges: [string, string][] = []
  for (let at = 0; at < set.length; ) {
    const from = set[at] ?? ''
    const to = set[at + 2]
    const isRange = set[at + 1] === '-' && to !== undefined
    ranges.push([from, isRange ? to : from])
    at += isRange ? 3 : 1
  }
  return character => ranges.some(([from, to]) => character >= from && character <= to)
}

/** Only the last `*` is ever tried again, so the time is at most text times pattern; a RegExp could be made to hang. */
function matches(text: string[], pattern: Token[]): boolean {
  let at = 0
  let token = 0
  let star = -1
  let resumed = 0
  while (at < text.length) {
    const expected = pattern[token]
    if (expected === '*') {
      star = token
      resumed = at
      token += 1
    } else if (expected?.(text[at] ?? '')) {
      at += 1
      token += 1
    } else if (star >= 0) {
      resumed += 1
      at = resumed
      token = star + 1
    } else return false
  }
  return pattern.slice(token).every(rest => rest === '*')
}

import type { BaseIssue } from 'valibot'

/** Why a schema refuses a map, as `hello.role: must be "agent" or "console"`: the key, and what would be accepted. */
export function explain(map: string, [issue]: readonly BaseIssue<unknown>[]): string {
  if (!issue) return `${map}: not accepted`
  const keys = issue.path?.map(({ key }) => String(key)) ?? []
  return `${[map, ...keys].join('.')}: ${sentence(issue)}`
}

/** What the refused value would have to be. */
export function sentence({
  kind,
  type,
  expected,
  input,
  message,
  requirement,
}: BaseIssue<unknown> & { requirement?: unknown }): string {
  const things = typeof input === 'string' ? 'characters' : 'items'
  // A key that is not there is told by the map that misses it.
  if (kind === 'schema' && input === undefined) return 'is missing'
  switch (type) {
    case 'min_length':
      return `must not have fewer than ${requirement} ${things}`
    case 'max_length':
      return `must not have more than ${requirement} ${things}`
    case 'min_value':
      return `must be ${requirement} or more`
    case 'max_value':
      return `must be ${requirement} or less`
    case 'integer':
      return 'must be a whole number'
    case 'regex':
      return `must match the pattern ${requirement}`
    case 'custom':
      return message
    default:
      return `must be ${inWords(expected ?? type)}`
  }
}

/** The schema library writes types as TypeScript does: `("on" | "off")`, `Array`, `(string | null)`. */
const inWords = (expected: string): string =>
  expected
    .replace(/^\((.*)\)$/, '$1')
    .split(' | ')
    .map(word => NOUNS[word] ?? word)
    .join(' or ')

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'a map',
}

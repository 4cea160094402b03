import { parseLiteral, parseMask, printLiteral } from './literal.ts'
import { Scanner } from './scanner.ts'
import type { Comparison, Filter, Operator } from './syntax.ts'

/** Levels of parentheses; keeps a hostile filter from exhausting the stack. */
const DEPTH = 64
const ATTRIBUTE = /[A-Za-z_][\w.-]*/y
const OPERATOR = /<>|<=|>=|=|<|>/y

/**
 * @returns null for an empty filter, which means everything.
 * @throws FilterError with the position, and nothing else.
 */
export function parseFilter(text: string): Filter | null {
  const scanner = new Scanner(text)
  scanner.skipBlanks()
  if (scanner.atEnd) return null
  const filter = scanner.takeSign('(') ? parseInner(scanner, DEPTH) : parseComparison(scanner)
  if (!scanner.atEnd) throw scanner.error('the end of the filter')
  return filter
}

/** What stands behind "(", up to and with ")". */
function parseInner(scanner: Scanner, depth: number): Filter {
  const filter = parseContent(scanner, depth)
  scanner.expect(')')
  return filter
}

function parseContent(scanner: Scanner, depth: number): Filter {
  if (depth === 0) throw scanner.error(`no more than ${DEPTH} levels of parentheses`)
  if (scanner.takeSign('&')) return { all: parseList(scanner, depth) }
  if (scanner.takeSign('|')) return { any: parseList(scanner, depth) }
  if (!scanner.takeSign('!')) return parseComparison(scanner)
  scanner.expect('(')
  return { not: parseInner(scanner, depth - 1) }
}

function parseList(scanner: Scanner, depth: number): Filter[] {
  scanner.expect('(')
  const filters = [parseInner(scanner, depth - 1)]
  while (scanner.takeSign('(')) filters.push(parseInner(scanner, depth - 1))
  return filters
}

function parseComparison(scanner: Scanner): Comparison {
  const attribute = scanner.take(ATTRIBUTE)?.[0]
  if (attribute === undefined) throw scanner.error('"&", "|", "!" or the name of an attribute')
  scanner.skipBlanks()
  const mask = scanner.takeSign('&') ? parseMask(scanner) : undefined
  scanner.skipBlanks()
  const operator = scanner.take(OPERATOR)?.[0] as Operator | undefined
  if (operator === undefined) throw scanner.error('=, <>, <, <=, > or >=')
  scanner.skipBlanks()
  const value = parseLiteral(scanner)
  scanner.skipBlanks()
  return { attribute, ...(mask === undefined ? {} : { mask }), operator, value }
}

/** The filter in its shortest spelling. */
export function printFilter(filter: Filter | null): string {
  if (filter === null) return ''
  if ('all' in filter) return `(&${filter.all.map(printFilter).join('')})`
  if ('any' in filter) return `(|${filter.any.map(printFilter).join('')})`
  if ('not' in filter) return `(!${printFilter(filter.not)})`
  const { attribute, mask, operator, value } = filter
  return `(${attribute}${mask === undefined ? '' : `&${mask}`}${operator}${printLiteral(value)})`
}

import { readTime } from '../types.ts'
import type { Scanner } from './scanner.ts'
import type { Literal } from './syntax.ts'

const TEXT = /(T?)"([^"]*(?:""[^"]*)*)"/y
const FROM_NOW = /CURTIME[ \t]*\([ \t]*([+-]?\d+)[ \t]*\)/y
const BINARY = /0x((?:[0-9a-f]{2})*)(?![0-9a-z_])/iy
const NUMBER = /[+-]?\d+(?![\w.])/y
const BOOLEAN = /(true|false)(?!\w)/iy

export function parseLiteral(scanner: Scanner): Literal {
  const { position } = scanner
  const quoted = scanner.take(TEXT)
  if (quoted) {
    const text = (quoted[2] ?? '').replaceAll('""', '"')
    if (quoted[1] === '') return { text }
    const time = readTime(text)
    if (time === null) throw scanner.error('a time T"YYYY-MM-DD hh:mm:ss"', position)
    return { time }
  }
  const fromNow = scanner.take(FROM_NOW)
  if (fromNow) return { fromNow: integer(scanner, fromNow[1] ?? '', position) }
  const binary = scanner.take(BINARY)
  if (binary) return { binary: (binary[1] ?? '').toLowerCase() }
  const boolean = scanner.take(BOOLEAN)
  if (boolean) return { boolean: boolean[1]?.toLowerCase() === 'true' }
  const number = scanner.take(NUMBER)
  if (number) return { number: integer(scanner, number[0], position) }
  throw scanner.error('a value (12, "text", T"2030-01-31 08:05:00", CURTIME(-60), 0x0aff, true)')
}

const MASK = /0x[0-9a-f]+|\d+/iy

export function parseMask(scanner: Scanner): number {
  const { position } = scanner
  const digits = scanner.take(MASK)
  if (!digits) throw scanner.error('a number of bits to look at')
  return integer(scanner, digits[0], position)
}

function integer(scanner: Scanner, digits: string, position: number): number {
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw scanner.error('a number within 53 bits', position)
  // No minus zero.
  return value + 0
}

export function printLiteral(literal: Literal): string {
  if ('number' in literal) return String(literal.number)
  if ('text' in literal) return `"${literal.text.replaceAll('"', '""')}"`
  if ('boolean' in literal) return String(literal.boolean)
  if ('time' in literal) return `T"${new Date(literal.time).toISOString().slice(0, 19).replace('T', ' ')}"`
  if ('fromNow' in literal) return `CURTIME(${literal.fromNow})`
  return `0x${literal.binary}`
}

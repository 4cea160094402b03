import { FilterError } from './syntax.ts'

const BLANKS = /[ \t\r\n]*/y

/** Reads a filter from left to right. */
export class Scanner {
  readonly #text: string
  position = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.position >= this.#text.length
  }

  skipBlanks(): void {
    this.take(BLANKS)
  }

  /** @param pattern sticky @returns its groups, and moves behind it; null where it is not here. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position
    const match = pattern.exec(this.#text)
    if (match) this.position = pattern.lastIndex
    return match
  }

  /** @returns whether the character is here, and moves behind it and the blanks after it. */
  takeSign(sign: string): boolean {
    if (this.#text[this.position] !== sign) return false
    this.position += 1
    this.skipBlanks()
    return true
  }

  expect(sign: string): void {
    if (!this.takeSign(sign)) throw this.error(`"${sign}"`)
  }

  error(expected: string, position = this.position): FilterError {
    const found = this.#text.slice(position, position + 12)
    return new FilterError(position, expected, found === '' ? 'the end' : JSON.stringify(found))
  }
}

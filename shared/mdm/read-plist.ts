/**
 * Reads an XML property list from anybody. The `plist` package builds ours; for reading it is too kind: it takes unknown
 * entities, cut numbers and a second root, and says on stderr what it thinks of them.
 */
import { type Plist, PlistError, type PlistObject } from './plist-value.ts'

/** Assumed; a report nests four or five levels. */
const DEEPEST = 64

const PROLOGUE =
  /^\uFEFF?(?:\s|<\?xml[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*>)*<plist(?:\s+version\s*=\s*(?:"[^"<]*"|'[^'<]*'))?\s*>/
const BETWEEN = /(?:\s|<!--(?:(?!-->)[\s\S])*-->)*/y
const TAG = /<(\/?)([a-z]+)\s*(\/?)>/y
const END = /^(?:\s|<!--(?:(?!-->)[\s\S])*-->)*$/
const TEXT = /[^<]*/y
const CDATA = /<!\[CDATA\[((?:(?!\]\]>)[\s\S])*)\]\]>/y
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** @throws PlistError that says where */
export function readXml(bytes: Uint8Array): Plist {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new PlistError('the property list is no UTF-8')
  }
  const prologue = PROLOGUE.exec(text)
  if (!prologue) throw new PlistError('no XML property list: <plist> is expected')
  const reader = new Reader(text, prologue[0].length)
  const value = reader.value(reader.tag(), 0)
  reader.close('plist')
  if (!END.test(text.slice(reader.at))) throw reader.fault('something follows </plist>')
  return value
}

interface Tag {
  name: string
  empty: boolean
}

class Reader {
  readonly #text: string
  at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.at = at
  }

  fault = (sentence: string): PlistError => new PlistError(`${sentence} (at character ${this.at})`)

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.#text)
    if (found) this.at += found[0].length
    return found
  }

  /** The next opening tag. */
  tag(): Tag {
    const found = this.#tag()
    if (found.closing) throw this.fault(`</${found.name}> where a value is expected`)
    return found
  }

  #tag(): Tag & { closing: boolean } {
    this.#match(BETWEEN)
    const [, slash, name, empty] = this.#match(TAG) ?? []
    if (name === undefined) throw this.fault('a tag is expected')
    return { name, empty: empty === '/', closing: slash === '/' }
  }

  close(name: string): void {
    const found = this.#tag()
    if (!found.closing || found.name !== name) throw this.fault(`</${name}> is expected`)
  }

  value({ name, empty }: Tag, depth: number): Plist {
    if (depth > DEEPEST) throw this.fault(`nested deeper than ${DEEPEST} levels`)
    if (name === 'dict') return empty ? {} : this.#dictionary(depth)
    if (name === 'array') return empty ? [] : this.#array(depth)
    const text = empty ? '' : this.#content(name)
    switch (name) {
      case 'string':
        return text
      case 'true':
      case 'false':
        if (text.trim() !== '') throw this.fault(`<${name}> holds text`)
        return name === 'true'
      case 'integer':
        return this.#number(text, /^[+-]?(?:\d{1,20}|0x[0-9a-f]{1,16})$/i)
      case 'real':
        return this.#number(text, /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i)
      case 'date': {
        const date = new Date(text.trim())
        if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text.trim()) || Number.isNaN(date.getTime()))
          throw this.fault('a date like 2030-01-31T08:05:00Z is expected')
        return date
      }
      case 'data': {
        const base64 = text.replace(/\s+/g, '')
        if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) throw this.fault('<data> is no base64')
        return new Uint8Array(Buffer.from(base64, 'base64'))
      }
      default:
        throw this.fault(`<${name}> is no part of a property list`)
    }
  }

  #dictionary(depth: number): PlistObject {
    const entries = new Map<string, Plist>()
    for (let tag = this.#tag(); !(tag.closing && tag.name === 'dict'); tag = this.#tag()) {
      if (tag.closing || tag.name !== 'key') throw this.fault('<key> or </dict> is expected')
      const key = tag.empty ? '' : this.#content('key')
      if (entries.has(key)) throw this.fault(`the key ${JSON.stringify(key.slice(0, 64))} comes twice`)
      entries.set(key, this.value(this.tag(), depth + 1))
    }
    // `fromEntries` defines: a key `__proto__` is a key.
    return Object.fromEntries(entries)
  }

  #array(depth: number): Plist[] {
    const items: Plist[] = []
    for (let tag = this.#tag(); !(tag.closing && tag.name === 'array'); tag = this.#tag()) {
      if (tag.closing) throw this.fault('</array> is expected')
      items.push(this.value(tag, depth + 1))
    }
    return items
  }

  #content(name: string): string {
    let text = ''
    for (;;) {
      text += this.#unescape(this.#match(TEXT)?.[0] ?? '')
      const raw = this.#match(CDATA)
      if (!raw) break
      text += raw[1]
    }
    this.close(name)
    return text
  }

  #unescape(text: string): string {
    if (!text.includes('&')) return text
    return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));|&/gi, (whole, decimal, hex, name) => {
      if (name !== undefined) {
        const known = ENTITIES[name]
        if (known === undefined) throw this.fault(`the entity &${name}; is not known`)
        return known
      }
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      if (Number.isNaN(code) || code > 0x10_ff_ff) throw this.fault(`${whole} is no character`)
      return String.fromCodePoint(code)
    })
  }

  #number(text: string, pattern: RegExp): number {
    if (!pattern.test(text.trim())) throw this.fault(`${JSON.stringify(text.slice(0, 32))} is no number`)
    const [, sign, digits] = /^([+-]?)(.*)$/s.exec(text.trim()) as unknown as [string, string, string]
    return sign === '-' ? -Number(digits) : Number(digits)
  }
}

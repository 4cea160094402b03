/** What `nft monitor trace` prints, line by line. Pure. */
export interface Step {
  /** Names one packet on its way through one host. */
  trace: string
  /** `inet ksc_lab` */
  table: string
  chain: string
  /** `packet`: a base chain begins. */
  kind: 'packet' | 'rule' | 'policy'
  /** The rule as nft prints it; of a packet its headers. */
  text: string
  /** `accept`, `drop`, `continue`, `jump`, ...; empty for a packet. */
  verdict: string
}

const LINE = /^trace id (?<trace>\w+) (?<table>\w+ \S+) (?<chain>\S+) (?<kind>packet|rule|policy):? (?<rest>.*)$/
const RULE = /^(?<text>.*) \(verdict (?<verdict>\w+)[^()]*\)$/
/** Of the moment in which the rule was read, and so mostly 0. */
const FIGURES = /\bcounter packets \d+ bytes \d+/g

/** Null for what is no step: the end of a chain that was jumped to, lines that another nft may print. */
export function step(line: string): Step | null {
  const { trace = '', table = '', chain = '', kind, rest = '' } = LINE.exec(line.trim())?.groups ?? {}
  switch (kind) {
    case 'packet':
      return { trace, table, chain, kind, text: rest, verdict: '' }
    case 'policy':
      return { trace, table, chain, kind, text: '', verdict: rest.trim() }
    case 'rule': {
      const { text = '', verdict = '' } = RULE.exec(rest)?.groups ?? {}
      return { trace, table, chain, kind, text: text.replaceAll(FIGURES, 'counter'), verdict }
    }
    default:
      return null
  }
}

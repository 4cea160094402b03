/** What the firewall between the two ends says it did with an attempt, in its own words. Pure. */
export interface Ruling {
  /** `unrouted`: it came, no rule stopped it, and it did not go on. `unseen`: it never came. */
  decision: 'accept' | 'drop' | 'reject' | 'unrouted' | 'unseen'
  /** Of the attempt, or of the answer to it. */
  direction: 'there' | 'back'
  /** What decided: of a drop the one, of an accept all that had to agree; none where no chain looks at what is forwarded. */
  by: readonly RuledBy[]
  /** The rule that changed an address or a port on the way. */
  translation: RuledBy | null
}

/** Of one attempt; of its answer only what stopped it. */
export interface Rulings {
  there: Ruling
  back: Ruling | null
}

export interface RuledBy {
  /** `inet ksc_lab` */
  table: string
  chain: string
  /** As nft prints it, without the figures of its counter; null: the policy of the chain. */
  rule: string | null
}

const naming = ({ table, chain, rule }: RuledBy, policy: string): string =>
  rule === null
    ? `the policy \`${policy}\` of chain ${chain} in table ${table}`
    : `the rule \`${rule}\` of chain ${chain} in table ${table}`

/** ` by the rule ...`, as it ends a sentence. */
export function byWhat({ decision, by, translation }: Ruling): string {
  const named = by.map(one => naming(one, decision === 'accept' ? 'accept' : 'drop')).join(' and ')
  const translated = translation ? `, after ${naming(translation, 'accept')} has translated it` : ''
  return `${named === '' ? ': no chain of it looks at what is forwarded' : ` by ${named}`}${translated}`
}

/** A clause about `the firewall between lan and dmz`. */
export function clause(ruling: Ruling, firewall: string): string {
  const { decision, direction } = ruling
  const it = direction === 'back' ? 'the answer' : 'it'
  switch (decision) {
    case 'accept':
      return `${firewall} lets ${it} pass${byWhat(ruling)}`
    case 'drop':
      return `${firewall} drops ${it} silently${byWhat(ruling)}`
    case 'reject':
      return `${firewall} rejects ${it}${byWhat(ruling)}`
    case 'unrouted':
      return `${it} came to ${firewall}, where no rule stops it, and did not go on`
    case 'unseen':
      return `${firewall} saw nothing of it`
  }
}

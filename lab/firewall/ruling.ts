/** From the steps of traced packets to what the firewall did with one attempt. Pure. */
import type { RuledBy, Ruling, Rulings } from '../../shared/verdict/ruling.ts'
import { TRACE_TABLE } from './nft.ts'
import type { Step } from './steps.ts'

/** The chains of the lab's own table (trace.ts). */
export const OWN = { arrived: 'arrived', answered: 'answered', left: 'left' } as const

export interface Chains {
  /** The lab's own table of this tracing: `inet ksc_lab_trace_1a2b`. */
  own: string
  /** `inet ksc_lab forward` to the hook of that base chain. */
  hooks: ReadonlyMap<string, string>
}

/** @param mark comment of the rule that marked the packets of this attempt */
export function rulings(steps: readonly Step[], mark: string, chains: Chains): Rulings {
  const packets = [...Map.groupBy(steps, ({ trace }) => trace).values()]
  const marked = (chain: string) =>
    packets.filter(packet =>
      packet.some(one => one.table === chains.own && one.chain === chain && one.text.endsWith(`comment "${mark}"`)),
    )
  const [there] = marked(OWN.arrived)
  if (!there) return { there: { decision: 'unseen', direction: 'there', by: [], translation: null }, back: null }
  const back = marked(OWN.answered).map(packet => judge(packet, 'back', chains))
  return {
    there: judge(there, 'there', chains),
    back: back.find(({ decision }) => decision !== 'accept') ?? null,
  }
}

/** Where one base chain ended: with a rule, maybe of a chain that it jumped to, or with its policy. */
interface Ending {
  hook: string
  last: Step
}

function judge(packet: readonly Step[], direction: Ruling['direction'], { own, hooks }: Chains): Ruling {
  const endings = evaluations(packet.filter(({ table }) => !table.includes(` ${TRACE_TABLE}`))).map(
    ({ base, last }): Ending => ({ hook: hooks.get(`${base.table} ${base.chain}`) ?? '', last }),
  )
  const translated = packet.find(({ kind, text }) => kind === 'rule' && TRANSLATES.test(text))
  const ruled = (decision: Ruling['decision'], by: readonly Step[]): Ruling => ({
    decision,
    direction,
    by: by.map(ruledBy),
    translation: translated ? ruledBy(translated) : null,
  })
  const stopped = endings.find(({ last }) => last.verdict === 'drop')
  if (stopped) return ruled(REJECTS.test(stopped.last.text) ? 'reject' : 'drop', [stopped.last])
  const went = packet.some(({ table, chain }) => table === own && chain === OWN.left)
  // A packet for an address of the firewall itself does not go on, and is let in all the same.
  const deciding = endings.filter(({ hook }) => hook === (went ? 'forward' : 'input'))
  if (!went && deciding.length === 0) return ruled('unrouted', [])
  const rules = deciding.filter(({ last }) => last.kind === 'rule')
  return ruled(
    'accept',
    (rules.length > 0 ? rules : deciding).map(({ last }) => last),
  )
}

const TRANSLATES = /\b(dnat|snat|masquerade|redirect)\b(?=[^"]*("[^"]*"[^"]*)*$)/
const REJECTS = /\breject\b(?=[^"]*("[^"]*"[^"]*)*$)/

const ruledBy = ({ table, chain, kind, text }: Step): RuledBy => ({
  table,
  chain,
  rule: kind === 'policy' ? null : text,
})

/** Each begins with the packet's headers. */
function evaluations(steps: readonly Step[]): { base: Step; last: Step }[] {
  const found: { base: Step; last: Step }[] = []
  for (const one of steps) {
    const current = found.at(-1)
    if (one.kind === 'packet' || !current) found.push({ base: one, last: one })
    else current.last = one
  }
  return found
}

/** Firewall rules from the same data as everything else; a new format is one file and one line. */
import { iptables } from './iptables.ts'
import { markdown } from './markdown.ts'
import { nftables } from './nftables.ts'
import type { RuleSet } from './ruleset.ts'
import { windows } from './windows.ts'

type WriteRules = (set: RuleSet) => string

export const ruleFormats = { nftables, iptables, windows, markdown } as const satisfies Record<string, WriteRules>

export type RuleFormat = keyof typeof ruleFormats
export const RULE_FORMATS = Object.keys(ruleFormats) as RuleFormat[]

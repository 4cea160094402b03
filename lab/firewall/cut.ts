/** Takes one rule out of this machine's nftables, and puts it back where it was. */
import { nft } from './nft.ts'

interface Place {
  /** `inet ksc_lab forward` */
  chain: string
  handle: string
  text: string
  /** Handle of the rule before it in its chain. */
  after: string | null
}

/** No rule has this text, or more than one. */
export class NotOneRule extends Error {}

export class Cut {
  readonly rule: string
  readonly #place: Place

  private constructor(place: Place) {
    this.#place = place
    this.rule = place.text
  }

  /** @param match a part of the rule as `nft list ruleset` prints it */
  static async make(match: string): Promise<Cut> {
    const found = places(await nft(['-a', 'list', 'ruleset'])).filter(({ text }) => text.includes(match))
    const [place] = found
    if (!place || found.length > 1)
      throw new NotOneRule(
        `${found.length === 0 ? 'no rule' : `not one rule but ${found.length}`} of the firewall says: ${match}`,
      )
    await nft(['delete', 'rule', ...place.chain.split(' '), 'handle', place.handle])
    return new Cut(place)
  }

  /** Its counter goes on from where it was. */
  async putBack(): Promise<void> {
    const { chain, after, text } = this.#place
    await nft(
      ['-f', '-'],
      after === null ? `insert rule ${chain} ${text}\n` : `add rule ${chain} handle ${after} ${text}\n`,
    )
  }
}

function places(listing: string): Place[] {
  const found: Place[] = []
  let [table, chain] = ['', '']
  for (const line of listing.split('\n')) {
    table = /^table (\w+ \S+) \{/.exec(line)?.[1] ?? table
    const begins = /^\t(?:chain|set|map|flowtable|counter|quota|limit|ct \w+) (\S+) \{/.exec(line)?.[1]
    if (begins !== undefined) chain = `${table} ${begins}`
    const { text, handle } = /^\t\t(?<text>.*) # handle (?<handle>\d+)$/.exec(line)?.groups ?? {}
    if (text === undefined || handle === undefined) continue
    const before = found.at(-1)
    found.push({ chain, handle, text, after: before?.chain === chain ? before.handle : null })
  }
  return found
}

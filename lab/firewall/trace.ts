/** Follows single attempts through the rules of this machine's nftables, whoever wrote them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Rulings } from '../../shared/verdict/ruling.ts'
import type { Attempt } from './attempt.ts'
import { nft, TRACE_TABLE } from './nft.ts'
import { OWN, rulings } from './ruling.ts'
import { type Step, step } from './steps.ts'

/** ms for what takes a few: nft to print that it saw a packet of ours. */
const PATIENCE = 3_000
const BETWEEN_BEACONS = 20

/** One table and one `nft monitor trace` for a number of attempts. */
export class Tracing {
  readonly #attempts: readonly Attempt[]
  readonly #table = `${TRACE_TABLE}${randomBytes(4).toString('hex')}`
  readonly #steps: Step[] = []
  #monitor: ChildProcess | null = null

  constructor(attempts: readonly Attempt[]) {
    this.#attempts = attempts
  }

  /** Resolves once packets are seen. */
  async start(): Promise<void> {
    try {
      await nft(['-f', '-'], rulesFor(this.#table, this.#attempts))
      const monitor = spawn('nft', ['monitor', 'trace'], { stdio: ['ignore', 'pipe', 'ignore'] })
      this.#monitor = monitor
      monitor.on('error', () => {})
      createInterface({ input: monitor.stdout }).on('line', line => {
        const seen = step(line)
        if (seen) this.#steps.push(seen)
      })
      await this.#beacon(BEACONS.begin, 'begin')
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** What became of each attempt, in their order. */
  async finish(): Promise<Rulings[]> {
    try {
      // Steps come in the order in which the kernel took them: with this one all before it have been read.
      await this.#beacon(BEACONS.end, 'end')
      const chains = { own: `inet ${this.#table}`, hooks: await hooks() }
      return this.#attempts.map((_, index) => rulings(this.#steps, markOf(index), chains))
    } finally {
      await this.stop()
    }
  }

  async stop(): Promise<void> {
    this.#monitor?.kill()
    this.#monitor = null
    await nft(['delete', 'table', 'inet', this.#table]).catch(() => '')
  }

  /** Datagrams of our own to ourselves, until the monitor tells of one. */
  async #beacon(port: number, mark: string): Promise<void> {
    const socket = createSocket('udp4')
    // Nobody listens there, and the answer says so.
    socket.on('error', () => {})
    const seen = () =>
      this.#steps.some(({ table, text }) => table === `inet ${this.#table}` && text.endsWith(`"${mark}"`))
    const until = performance.now() + PATIENCE
    try {
      while (!seen()) {
        if (performance.now() > until) throw new Error('nft monitor trace does not tell of packets')
        socket.send('ksc-lab', port, '127.0.0.1', () => {})
        await sleep(BETWEEN_BEACONS)
      }
    } finally {
      socket.close()
    }
  }
}

/** Discard, and a number next to it that nobody was given (IANA). */
const BEACONS = { begin: 9, end: 10 } as const
const markOf = (index: number) => `attempt ${index}`

/**
 * Priorities: before everything that a ruleset may do to a packet (raw is -300), after conntrack (-200) for answers, whose
 * addresses may have been translated, and behind source translation (100).
 */
const rulesFor = (table: string, attempts: readonly Attempt[]): string => `table inet ${table} {
  chain ${OWN.arrived} {
    type filter hook prerouting priority -350;
${attempts.map((attempt, index) => `    ${arriving(attempt)} meta nftrace set 1 comment "${markOf(index)}"`).join('\n')}
  }
  chain ${OWN.answered} {
    type filter hook prerouting priority -190;
${attempts.map((attempt, index) => `    ${answering(attempt)} meta nftrace set 1 comment "${markOf(index)}"`).join('\n')}
  }
  chain ${OWN.left} {
    type filter hook postrouting priority 350;
  }
  chain beacon {
    type filter hook output priority -350;
${Object.entries(BEACONS)
  .map(([mark, port]) => `    ip daddr 127.0.0.1 udp dport ${port} meta nftrace set 1 comment "${mark}"`)
  .join('\n')}
  }
}
`

const arriving = ({ source, destination, transport, port }: Attempt) =>
  `ip saddr ${source} ip daddr ${destination} ${transport} dport ${port}${transport === 'tcp' ? ' tcp flags & (syn | ack) == syn' : ''}`

const answering = ({ source, destination, transport, port }: Attempt) =>
  `ct direction reply ct original ip saddr ${source} ct original ip daddr ${destination} meta l4proto ${transport} ct original proto-dst ${port}${transport === 'tcp' ? ' tcp flags & (syn | rst) != 0' : ''}`

interface Listed {
  chain?: { family: string; table: string; name: string; hook?: string }
}

/** Of every base chain that there is. */
async function hooks(): Promise<Map<string, string>> {
  const { nftables } = JSON.parse(await nft(['-j', 'list', 'chains'])) as { nftables: Listed[] }
  return new Map(
    nftables.flatMap(({ chain }) =>
      chain?.hook === undefined ? [] : [[`${chain.family} ${chain.table} ${chain.name}`, chain.hook]],
    ),
  )
}

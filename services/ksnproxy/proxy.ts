import * as v from 'valibot'
import { hostNamed, ksnOf, serverOf } from '../../shared/config/topology.ts'
import type { Sight } from '../../shared/journal/observation.ts'
import { KasperskyForward } from '../../shared/kaspersky/forward.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { ServiceContext } from '../../shared/service.ts'
import { explain } from '../../shared/wire/explain.ts'
import { REPUTATIONS, type Reputation, type ReputationAnswer, Sha256 } from '../../shared/wire/messages/reputation.ts'
import { ReputationCache } from './cache.ts'
import { ServerAsKsn } from './server-as-ksn.ts'

/** What KSN says of a file. */
const Answer = v.object({ sha256: Sha256, reputation: v.picklist(REPUTATIONS) })

interface Asked {
  sha256: string
  nonce: string
  observe(sight: Sight): void
}

/** Whom a KSN proxy asks what it does not remember. */
export interface Ksn {
  ask(asked: Asked): Promise<{ answer: unknown; forwardedTo: string }>
  stop(): void | Promise<void>
}

/** Reputations from memory, or from KSN: Kaspersky itself, or the Server whose KSN proxy this one uses as KSN. */
export class KsnProxy {
  readonly #cache = new ReputationCache()
  readonly #ksn: Ksn

  constructor(context: ServiceContext) {
    this.#ksn = ksnFor(context)
  }

  async ask(asked: Asked): Promise<Omit<ReputationAnswer, 'type' | 'id' | 'nonce'>> {
    const { sha256 } = asked
    const kept = this.#cache.get(sha256, Date.now())
    if (kept) return { sha256, reputation: kept, answeredFrom: 'cache' }
    const { answer, forwardedTo } = await this.#ksn.ask(asked)
    const reputation = readAnswer(answer, sha256)
    this.#cache.put(sha256, reputation, Date.now())
    return { sha256, reputation, answeredFrom: 'ksn', forwardedTo }
  }

  async stop(): Promise<void> {
    await this.#ksn.stop()
  }
}

function ksnFor(context: ServiceContext): Ksn {
  const { host, topology } = context
  const self = hostNamed(topology, host.name)
  const server = self && ksnOf(self).useServer ? serverOf(topology, self) : undefined
  if (server) return new ServerAsKsn(context, server)
  const forward = new KasperskyForward(context)
  return {
    ask: ({ sha256, ...asked }) => forward.ask({ ...asked, path: '/ksn', body: { sha256 } }),
    stop: () => forward.stop(),
  }
}

function readAnswer(answer: unknown, sha256: string): Reputation {
  const { issues, output } = v.safeParse(Answer, answer, { abortEarly: true })
  if (issues) throw new NetError('ksn-unreadable', explain('the answer of KSN', issues))
  if (output.sha256 !== sha256) throw new NetError('ksn-unreadable', 'the answer of KSN is about another file')
  return output.reputation
}

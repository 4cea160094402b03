import { join } from 'node:path'
import type { Logger } from 'pino'
import type { LabState } from '../certs/state.ts'
import { hostsWithRole, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import type { Journal } from '../shared/journal/journal.ts'
import type { Host } from '../shared/net/host.ts'
import { createScribe } from '../shared/net/scribe.ts'
import { type Exercise, type Service, type ServiceSettings, Skipped } from '../shared/service.ts'
import type { GatewaySignal } from '../shared/wire/messages/list-devices.ts'
import { credentialsFor } from './lab-state.ts'
import { probeOf } from './probe.ts'
import { loadService } from './services.ts'
import type { ExerciseRequest } from './stage.ts'

interface RunningHostParts {
  topology: Topology
  host: TopologyHost
  net: Host
  state: LabState
  settings: ServiceSettings
  random: () => number
  log: Logger
  journal: Journal
  notice?: (line: string) => void
}

/** One machine of the lab with its services. */
export class RunningHost {
  readonly #parts: RunningHostParts
  readonly #services: Service[] = []

  constructor(parts: RunningHostParts) {
    this.#parts = parts
  }

  /** Starts what the host runs, in order. When one cannot start, those before it are stopped again. */
  async start(): Promise<void> {
    if (this.#services.length > 0) return
    const { host, net, state, settings, random, log, topology, notice } = this.#parts
    try {
      for (const name of host.runs) {
        const start = await loadService(name)
        const service = await start({
          host: net,
          credentials: credentialsFor(host, topology, state),
          state: state.folder(join('hosts', topology.name, host.name, name)),
          log: log.child({ host: host.name, service: name }),
          topology,
          peers: role => hostsWithRole(topology, role).map(peer => peer.name),
          settings,
          random,
          ...(notice ? { notice } : {}),
        })
        this.#services.push(service)
      }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Runs one exercise to its end and journals how it ended. */
  async exercise({ flow, nonce, to, servername, timeout, idle, detour }: ExerciseRequest): Promise<void> {
    const { host, net, journal } = this.#parts
    const scribe = createScribe({
      journal,
      host: host.name,
      end: 'initiator',
      port: to.port || null,
      transport: 'tcp',
      nonce,
    })
    const stop = new AbortController()
    // Every step has its own time-out; this is the end of an exercise that forgot one.
    const most = timeout * 6 + (idle ?? 0)
    const limit = setTimeout(() => stop.abort(new Error(`the exercise took longer than ${most} ms`)), most)
    const view = net.during({ nonce, timeout, ...(detour ? { detour: { target: to, at: detour } } : {}) })
    try {
      const over = new Promise<never>((_, reject) => {
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason))
      })
      await Promise.race([
        this.#exerciseOf(flow)(view, {
          ...{ flow, nonce, to, servername, timeout, signal: stop.signal },
          ...(idle === undefined ? {} : { idle }),
        }),
        over,
      ])
      scribe.observe({ what: 'exercise-done', detail: {} })
    } catch (error) {
      const { message, code = 'UNKNOWN' } = error as Error & { code?: string }
      if (error instanceof Skipped) scribe.observe({ what: 'exercise-skipped', detail: { reason: message } })
      else scribe.observe({ what: 'exercise-failed', detail: { code, message } })
    } finally {
      clearTimeout(limit)
    }
  }

  get ready(): boolean {
    return this.#services.every(service => service.ready?.() ?? true)
  }

  get signals(): GatewaySignal[] {
    return this.#services.flatMap(service => service.signals?.() ?? [])
  }

  /** Ends what runs; `start` begins anew with the same state. */
  async stop(): Promise<void> {
    await Promise.all(this.#services.splice(0).map(service => service.stop()))
  }

  #exerciseOf(flow: string): Exercise {
    const exercise = probeOf(flow) ?? this.#services.map(({ exercises }) => exercises[flow]).find(Boolean)
    if (!exercise) throw new Error(`nothing on ${this.#parts.host.name} can exercise flow ${flow}`)
    return exercise
  }
}

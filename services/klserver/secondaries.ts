import type { Administration } from './administration.ts'

export interface Secondary {
  /** Counted from 1, as the topology has them. */
  id: number
  name: string
  passive: boolean
  /** The two are connected, whoever dialled. */
  active: boolean
}

/** The secondary Servers of this one. */
export const secondariesOf = ({ topology, host, connectedSecondaries }: Administration): Secondary[] =>
  topology.hosts
    .filter(({ secondary, server }) => secondary !== undefined && server === host.name)
    .map(({ name, secondary }, n) => ({
      ...{ id: n + 1, name, passive: secondary === 'passive' },
      active: connectedSecondaries.has(name),
    }))

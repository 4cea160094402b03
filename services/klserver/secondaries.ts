import type { Administration } from './administration.ts'

export interface Secondary {
  /** Counted from 1, as the topology has them. */
  id: number
  name: string
  passive: boolean
  /** It has told of its devices. */
  active: boolean
}

/** The secondary Servers of this one. */
export const secondariesOf = ({ topology, host, subordinate }: Administration): Secondary[] =>
  topology.hosts
    .filter(({ secondary, server }) => secondary !== undefined && server === host.name)
    .map(({ name, secondary }, n) => ({
      ...{ id: n + 1, name, passive: secondary === 'passive' },
      active: subordinate.has(name),
    }))

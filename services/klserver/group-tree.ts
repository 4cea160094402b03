import { MANAGED } from './groups.ts'
import type { Device, Group, Store } from './store/index.ts'

/** The administration groups and how they stand below each other. */
export class GroupTree {
  readonly all: readonly Group[]
  readonly #byId: ReadonlyMap<number, Group>

  constructor(groups: readonly Group[]) {
    this.all = groups
    this.#byId = new Map(groups.map(group => [group.id, group]))
  }

  get(id: number): Group | undefined {
    return this.#byId.get(id)
  }

  /** The group, its parent, and so on up; empty where there is no such group. */
  line(id: number): Group[] {
    const line: Group[] = []
    for (let group = this.get(id); group && line.length < this.all.length; group = this.get(group.parentId ?? -1))
      line.push(group)
    return line
  }

  children(id: number): Group[] {
    return this.all.filter(({ parentId }) => parentId === id)
  }

  /** Ids of the group itself and of all below it. */
  below(id: number): number[] {
    return this.all.filter(group => this.line(group.id).some(above => above.id === id)).map(group => group.id)
  }

  /** What a group has of its own and of all above it. */
  inherited<T extends { groupId: number }>(items: readonly T[], id: number): T[] {
    const line = this.line(id).map(group => group.id)
    return items.filter(({ groupId }) => line.includes(groupId))
  }

  /** `Managed devices/Office/` */
  fullName(id: number): string {
    return this.line(id)
      .map(({ name }) => `${name}/`)
      .reverse()
      .join('')
  }

  /** Below "Managed devices", or that itself: policies and tasks are for these (topic 92429). */
  isManaged(id: number): boolean {
    return this.line(id).some(group => group.id === MANAGED)
  }
}

export const groupTree = async (store: Store): Promise<GroupTree> => new GroupTree(await store.groups())

/** Of the group and of all below it. */
export async function devicesBelow(store: Store, tree: GroupTree, id: number): Promise<Device[]> {
  const below = tree.below(id)
  return (await store.devices()).filter(({ groupId }) => below.includes(groupId))
}

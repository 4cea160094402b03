import { type Kysely, type Migration, sql } from 'kysely'
import type { Schema } from './schema.ts'

export interface TagRow {
  tag: string
}

export interface HostTagRow extends TagRow {
  host_id: string
}

export const tags: Migration = {
  async up(db: Kysely<Schema>) {
    await db.schema
      .createTable('tags')
      .addColumn('tag', sql`varchar(255)`, c => c.primaryKey())
      .execute()
    await db.schema
      .createTable('host_tags')
      .addColumn('host_id', sql`varchar(36)`, c => c.notNull())
      .addColumn('tag', sql`varchar(255)`, c => c.notNull())
      .addPrimaryKeyConstraint('host_tags_id', ['host_id', 'tag'])
      .execute()
  },
}

/** Tags of hosts: what there is, and who has which. */
export class Tags {
  readonly #db: Kysely<Schema>

  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  async all(): Promise<string[]> {
    const rows = await this.#db.selectFrom('tags').select('tag').orderBy('tag').execute()
    return rows.map(({ tag }) => tag)
  }

  /** Those that are there stay. */
  async add(wanted: readonly string[]): Promise<void> {
    const known = await this.all()
    const missing = [...new Set(wanted)].filter(tag => !known.includes(tag))
    for (const tag of missing) await this.#db.insertInto('tags').values({ tag }).execute()
  }

  /** From every host, too. */
  remove(unwanted: readonly string[]): Promise<void> {
    return this.#db.transaction().execute(async transaction => {
      for (const tag of unwanted) {
        await transaction.deleteFrom('host_tags').where('tag', '=', tag).execute()
        await transaction.deleteFrom('tags').where('tag', '=', tag).execute()
      }
    })
  }

  async of(hostId: string): Promise<string[]> {
    const rows = this.#db.selectFrom('host_tags').select('tag').where('host_id', '=', hostId).orderBy('tag')
    return (await rows.execute()).map(({ tag }) => tag)
  }

  async hostsWith(tag: string): Promise<string[]> {
    const rows = await this.#db.selectFrom('host_tags').select('host_id').where('tag', '=', tag).execute()
    return rows.map(({ host_id }) => host_id)
  }

  /** These and no others. */
  async set(hostId: string, given: readonly string[]): Promise<void> {
    await this.add(given)
    await this.#db.transaction().execute(async transaction => {
      await transaction.deleteFrom('host_tags').where('host_id', '=', hostId).execute()
      for (const tag of new Set(given))
        await transaction.insertInto('host_tags').values({ host_id: hostId, tag }).execute()
    })
  }
}

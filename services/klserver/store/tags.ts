import type { Kysely } from 'kysely'
import { isKnown } from './devices.ts'
import { asTable, columnTypes, type MigrationFor, step } from './dialect.ts'
import type { Schema } from './schema.ts'

export interface TagRow {
  tag: string
}

export interface HostTagRow extends TagRow {
  host_id: string
}

export const tags: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const { guid, name } = columnTypes(dialect)
    const make = (table: string) => asTable(dialect, db.schema.createTable(table))
    await step(
      dialect,
      make('tags').addColumn('tag', name, c => c.primaryKey()),
    )
    await step(
      dialect,
      make('host_tags')
        .addColumn('host_id', guid, c => c.notNull())
        .addColumn('tag', name, c => c.notNull())
        .addPrimaryKeyConstraint('host_tags_id', ['host_id', 'tag']),
    )
  },
})

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
    for (const tag of missing) await isKnown(this.#db.insertInto('tags').values({ tag }))
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

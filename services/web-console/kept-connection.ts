import type { HttpClient } from '../../shared/http/client.ts'

/**
 * The connection of one console session. It is kept between calls; once it has failed, that call fails with it, and the
 * next call opens another.
 */
export class KeptConnection {
  readonly #open: () => HttpClient
  #client: HttpClient | null = null

  constructor(open: () => HttpClient) {
    this.#open = open
  }

  async use<T>(work: (client: HttpClient) => Promise<T>): Promise<T> {
    if (this.#client?.connection?.stream.destroyed) this.#client = null
    this.#client ??= this.#open()
    const client = this.#client
    try {
      return await work(client)
    } catch (error) {
      if (this.#client === client) this.#client = null
      await client.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.close()
  }
}

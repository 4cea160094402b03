/**
 * TLS of MySQL and MariaDB begins in the middle of their greeting: the server speaks, the driver asks for TLS in its answer.
 * The driver says its part in plain words, the Host speaks TLS and compares the certificate, and the driver goes on over that.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Connection as MysqlConnection } from 'mysql2'
import { NetError, TimeoutError } from '../../../../shared/net/errors.ts'

/** What the driver sees as one socket, whatever is below. */
class Switched extends Duplex {
  #below: Duplex | null = null
  readonly #take = (chunk: Buffer) => {
    if (!this.push(chunk)) this.#below?.pause()
  }
  readonly #end = () => void this.push(null)
  readonly #close = () => void this.destroy()

  join(below: Duplex): void {
    this.#below = below
    below.on('data', this.#take).on('end', this.#end).on('close', this.#close)
  }

  leave(): void {
    this.#below?.off('data', this.#take).off('end', this.#end).off('close', this.#close)
    this.#below?.pause()
    this.#below = null
  }

  override _read(): void {
    this.#below?.resume()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#below) this.#below.write(chunk, done)
    else done(new NetError('CLOSED', 'the database connection is between plain words and TLS'))
  }

  override _final(done: () => void): void {
    this.#below?.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#below?.destroy()
    done(error)
  }
}

/** The driver's connection on a stream, and its login. */
type Begin = (stream: Duplex) => { client: MysqlConnection; loggedIn: Promise<MysqlConnection> }

/** One connection that asks for TLS. */
export class MysqlTls {
  readonly #stream = new Switched()
  readonly #begin: Begin
  #loggedIn: Promise<MysqlConnection> | null = null
  #secured = () => {}

  constructor(begin: Begin) {
    this.#begin = begin
  }

  readonly preface = async (raw: Socket, { timeout }: { timeout: number }): Promise<void> => {
    this.#stream.join(raw)
    const asked = Promise.withResolvers<void>()
    const { client, loggedIn } = this.#begin(this.#stream)
    // The driver's own TLS would show the certificate to nobody, neither to the journal nor to what compares it.
    Object.assign(client, {
      startTLS: (secured: () => void) => {
        this.#secured = secured
        asked.resolve()
      },
    })
    this.#loggedIn = loggedIn
    loggedIn.catch(error => asked.reject(inWords(error)))
    const timer = setTimeout(() => asked.reject(new TimeoutError('the greeting of the database', timeout)), timeout)
    try {
      await asked.promise
    } finally {
      clearTimeout(timer)
      this.#stream.leave()
    }
  }

  /** Goes on over TLS. */
  async goOn(secure: Duplex): Promise<MysqlConnection> {
    if (!this.#loggedIn) throw new NetError('CLOSED', 'TLS was not asked for')
    this.#stream.join(secure)
    this.#secured()
    return this.#loggedIn
  }
}

const inWords = (error: Error & { code?: string }): Error =>
  error.code === 'HANDSHAKE_NO_SSL_SUPPORT'
    ? new NetError('TLS_NOT_OFFERED', 'the MySQL server offers no TLS', { cause: error })
    : error
